"""Sudo mode: sensitive acts ask for a proof at most 15 minutes old (rule 13).

It belongs to one session and never goes over into tokens. A sign-in by password opens it, with two-step sign-in only
one with both; one by a link or code out of a mailbox does not. How people confirm: `login.services.reauthentication`.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import levels
from accounts.events import SudoConfirmed
from accounts.models import Session, User
from accounts.services import sessions
from audit import services as audit
from core.errors import ReauthenticationRequired


def is_open(session: Session, *, now: datetime) -> bool:
    """Whether the proof is fresh and strong enough for what the person has *now*: one from before two-step sign-in was
    turned on, perhaps a stranger's, opens nothing after."""
    if session.sudo_until is None or now >= session.sudo_until:
        return False
    return levels.MULTIPLE in session.amr or not session.user.has_mfa


def require(session: Session, *, now: datetime) -> None:
    """The first line of every sensitive service; raises `ReauthenticationRequired`."""
    if not is_open(session, now=now):
        raise not_proven(session.user)


def lock_person(session: Session, *, now: datetime) -> User:
    """The session's person, locked, if the session still lives. For acts that leave a way in, inside their transaction.

    Whoever was locked out since the request began, by a reset, "This wasn't me" or a revert, leaves nothing behind:
    those end the sessions under the same lock. Nor does whose proof two-step sign-in has outgrown since. Raises
    `ReauthenticationRequired`.
    """
    was_open = is_open(session, now=now)
    user = User.objects.select_for_update(no_key=True).get(id=session.user_id)
    living = Session.objects.alive(now).filter(id=session.id)
    if (proven := living.values("amr", "acr", "auth_time", "sudo_until").first()) is None:
        raise not_proven(user)
    session.user = user
    for name, value in proven.items():  # a parallel proof may have lifted it
        setattr(session, name, value)
    if was_open and not is_open(session, now=now):
        raise not_proven(user)
    return user


def not_proven(user: User) -> ReauthenticationRequired:
    """The refusal that asks for a fresh proof, and of which level (RFC 9470)."""
    return ReauthenticationRequired(
        _("Confirm that it is you, then try again."),
        max_age_seconds=int(sessions.SUDO_LIFETIME.total_seconds()),
        acr_values=levels.TWO_FACTORS if user.has_mfa else "",
    )


def open_for(
    session: Session, *, by: str, factor: tuple[str, ...] = (), now: datetime
) -> sessions.NewSession:
    """The person proved to be it once more. A second factor (its `amr`) lifts the session to its level.

    A key that asked for its owner is a whole sign-in: `auth_time` is now. Any other proof leaves it.
    """
    with transaction.atomic():
        if factor:
            session.amr = list(levels.with_factor(session.amr, factor))
            session.acr = levels.of(session.amr)
        if levels.KEY_ASKED in factor:
            session.auth_time = now
        session.sudo_until = now + sessions.SUDO_LIFETIME
        session.save(update_fields=["amr", "acr", "auth_time", "sudo_until"])
        renewed = sessions.renew_secret(session)
        audit.record(_confirmed(session, by=by))
    return renewed


@transaction.atomic
def record_failure(session: Session, *, by: str) -> None:
    audit.record(_confirmed(session, by=by, is_failure=True))


def _confirmed(session: Session, *, by: str, is_failure: bool = False) -> SudoConfirmed:
    return SudoConfirmed(
        actor_type="user",
        actor_id=session.user_id,
        target_type="session",
        target_id=str(session.id),
        result="failure" if is_failure else "success",
        by=by,
    )
