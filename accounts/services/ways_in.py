"""The ways into an account that a stranger may have made, or may hold: they end together.

Every part that says "this account was in wrong hands" calls `drop`: the revert of a changed address, "This wasn't me",
and the claim of an account that nobody had proven.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.models import (
    Device,
    EmailAddition,
    EmailAddress,
    EmailRevert,
    EmailVerification,
    Identity,
    PasswordReset,
    SignInAlarm,
    SignInCode,
    User,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """A floor above that keeps ways in.

    `drop(user, since, now)` is told since when a stranger may have been there (None: from the beginning).
    `signs_in(user, besides)`: whether it keeps something that signs the person in by itself, another than the one with
    that id. `is_for_programs`: what it keeps acts for the person and signs nobody in.
    """

    drop: Callable[[User, datetime | None, datetime], object]
    signs_in: Callable[[User, UUID | None], bool] = lambda _user, _besides: False
    is_for_programs: bool = False


_keepers: dict[str, Keeper] = {}


def enter(name: str, keeper: Keeper) -> None:
    """Called by the AppConfig of the floor above; entered again, it takes the place of what was there."""
    _keepers[name] = keeper


def has_another(user: User, *, besides: UUID | None = None) -> bool:
    """Whether the person signs in without the one with that id: by a password, a connected account or a passkey."""
    connected = Identity.objects.filter(user=user).exclude(id__in=[besides] if besides else [])
    above = (keeper.signs_in(user, besides) for keeper in _keepers.values())
    return user.has_password or connected.exists() or any(above)


def drop(
    user: User, *, mailbox: str, since: datetime | None, keeps_programs: bool = False, now: datetime
) -> None:
    """End every way in but the `mailbox` whose owner speaks, under the lock of the person's row.

    Any connected account, further address, known browser, code or link may be the stranger's. The links that take
    something back end only if they are no older than the one that was used (`since`; None: all of them): a stranger
    who made their own address the primary one gets such links too, and must not void the owner's by them.

    `keeps_programs`: what acts for the person without signing in stays. Sessions and the password are the caller's.
    """
    first = _first_sign(user, since, now)
    for keeper in _keepers.values():
        if not (keeps_programs and keeper.is_for_programs):
            keeper.drop(user, first, now)
    Identity.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).exclude(email=mailbox).delete()
    Device.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    for mailed in (PasswordReset, EmailVerification, SignInCode, EmailAddition):
        mailed.objects.live(now).filter(user=user).update(used_at=now)
    for link in (SignInAlarm, EmailRevert):
        links = link.objects.live(now).filter(user=user)
        if since is not None:
            links = links.filter(Q(created_at__gte=since) | Q(email=mailbox))
        links.update(used_at=now)


def _first_sign(user: User, since: datetime | None, now: datetime) -> datetime | None:
    """When the stranger may have come at the earliest: with the oldest sign-in or change that still can be disowned."""
    if since is None:
        return None
    signs = [since]
    for link in (SignInAlarm, EmailRevert):
        signs += link.objects.live(now).filter(user=user).values_list("created_at", flat=True)
    return min(signs)
