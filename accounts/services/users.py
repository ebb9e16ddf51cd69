"""Users as operators and commands see them: made, suspended, reactivated; and their own profile."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts import emails, passwords
from accounts.events import UserCreated, UserReactivated, UserSuspended, UserUpdated
from accounts.models import User
from accounts.services import sessions
from audit import services as audit
from core.errors import Conflict, NotAllowed

PROFILE_FIELDS = frozenset(
    {
        "given_name",
        "middle_name",
        "family_name",
        "nickname",
        "locale",
        "timezone",
        "phone_number",
        "address",
    }
)


def create_user(
    *, email: str, password: str | None, is_verified: bool = False, role: str = User.Role.NONE, now: datetime
) -> User:
    """Make a user by an operator's word. Without a password the person sets one by a mailed link.

    Raises `ValidationFailed` for a bad address or weak password, `Conflict` for a taken address.
    """
    address = emails.canonical(email)
    if password is not None:
        passwords.require_good(password, personal=(address,))
    encoded = make_password(None) if password is None else passwords.hash_password(password)
    user = User(
        email=address,
        password=encoded,
        email_verified=is_verified,
        role=role,
        created_at=now,
        updated_at=now,
        password_changed_at=now,
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.record(
                UserCreated(
                    actor_type="system", target_type="user", target_id=str(user.id), email=address, role=role
                )
            )
    except IntegrityError:
        if not User.objects.filter(email=address).exists():
            raise
        raise Conflict(f"There is a user with the address {address} already.", reason="email_taken") from None
    return user


def update_profile(*, user: User, changes: Mapping[str, Any], now: datetime) -> User:
    """Change one's own profile. `changes` holds validated values of `PROFILE_FIELDS` only."""
    changed = {name: value for name, value in changes.items() if getattr(user, name) != value}
    if not changed:
        return user
    if unknown := set(changed) - PROFILE_FIELDS:
        raise ValueError(f"not fields of a profile: {unknown}")
    for name, value in changed.items():
        setattr(user, name, value)
    if "phone_number" in changed:
        user.phone_number_verified = False
        changed["phone_number_verified"] = False
    user.updated_at = now
    with transaction.atomic():
        user.save(update_fields=[*changed, "updated_at"])
        audit.record(
            UserUpdated(
                actor_type="user",
                actor_id=user.id,
                target_type="user",
                target_id=str(user.id),
                fields=tuple(sorted(changed)),
            )
        )
    return user


@transaction.atomic
def suspend(*, actor: User, user: User, now: datetime) -> None:
    """Lock a person out at once: sessions end, tokens are not refreshed."""
    _require_may_manage(actor, user)
    if User.objects.filter(id=user.id, status=User.Status.ACTIVE).update(
        status=User.Status.SUSPENDED, updated_at=now
    ):
        sessions.end_all(user, reason="suspended", now=now)
        audit.record(
            UserSuspended(actor_type="user", actor_id=actor.id, target_type="user", target_id=str(user.id))
        )


@transaction.atomic
def reactivate(*, actor: User, user: User, now: datetime) -> None:
    """Let a suspended person in again."""
    _require_may_manage(actor, user)
    if User.objects.filter(id=user.id, status=User.Status.SUSPENDED).update(
        status=User.Status.ACTIVE, updated_at=now
    ):
        audit.record(
            UserReactivated(actor_type="user", actor_id=actor.id, target_type="user", target_id=str(user.id))
        )


@transaction.atomic
def sign_out_everywhere(*, actor: User, user: User, now: datetime) -> int:
    """An operator ends every session of a person; how many ended."""
    _require_may_manage(actor, user)
    return sessions.end_all(user, reason="ended_by_operator", now=now)


def _require_may_manage(actor: User, user: User) -> None:
    """Operators manage people and lesser operators, never their betters or themselves."""
    ranks = {User.Role.NONE: 0, User.Role.ADMIN: 1, User.Role.SUPERADMIN: 2}
    actor_rank, user_rank = ranks[User.Role(actor.role)], ranks[User.Role(user.role)]
    if actor_rank == 0 or actor.id == user.id or (user_rank >= actor_rank and actor_rank < 2):
        raise NotAllowed("Your role does not let you do this to this person.", reason="role_too_low")
