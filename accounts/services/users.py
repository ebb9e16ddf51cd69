"""Users as operators and commands see them: made, suspended, reactivated."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import emails, operators, passwords
from accounts.events import UserCreated, UserReactivated, UserSuspended
from accounts.models import User
from accounts.services import addresses, sessions
from audit import services as audit
from core.errors import Conflict, NotAllowed, NotFound


def create_user(
    *,
    email: str,
    password: str | None,
    is_verified: bool = False,
    role: str = User.Role.NONE,
    actor: User | None = None,
    now: datetime,
) -> User:
    """Make a user by the word of an operator (`actor`), or of a command. Without a password the person sets one by a mailed link.

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
    with transaction.atomic():
        addresses.lock(address)
        if addresses.is_taken(address):
            raise Conflict(f"There is a user with the address {address} already.", reason="email_taken")
        user.save(force_insert=True)
        audit.record(
            UserCreated(
                actor_type="user" if actor else "system",
                actor_id=actor.id if actor else None,
                target_type="user",
                target_id=str(user.id),
                email=address,
                role=role,
            )
        )
    return user


@transaction.atomic
def suspend(*, actor: User, user: User, now: datetime) -> None:
    """Lock a person out at once: sessions end, tokens are not refreshed."""
    lock_to_manage(actor, user)
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
    require_may_manage(actor, user)
    if User.objects.filter(id=user.id, status=User.Status.SUSPENDED).update(
        status=User.Status.ACTIVE, updated_at=now
    ):
        audit.record(
            UserReactivated(actor_type="user", actor_id=actor.id, target_type="user", target_id=str(user.id))
        )


@transaction.atomic
def sign_out_everywhere(*, actor: User, user: User, now: datetime) -> int:
    """An operator ends every session of a person; how many ended."""
    require_may_manage(actor, user)
    return sessions.end_all(user, reason="ended_by_operator", now=now)


def require_may_manage(actor: User, user: User) -> None:
    """Operators manage people and lesser operators, never their betters or themselves."""
    operators.require_operator(actor)
    if actor.id == user.id or not _is_above(actor, user.role):
        raise NotAllowed(_("Your role does not let you do this to this person."), reason="role_too_low")


def lock_to_manage(actor: User, user: User) -> User:
    """The person as they are, held until the transaction ends; raises `NotAllowed`, `NotFound`.

    Both are read again under their locks: of two superadmins who act on each other at once, one is too late.
    """
    locked = User.objects.select_for_update(no_key=True).filter(id__in=(actor.id, user.id)).order_by("id")
    rows = {row.id: row for row in locked}
    if user.id not in rows:
        raise NotFound(_("There is no user with this id."))
    require_may_manage(rows.get(actor.id, User()), rows[user.id])
    return rows[user.id]


def require_may_grant(actor: User, role: str) -> None:
    """Nobody grants a role that is not below their own; superadmins grant any (rule 12)."""
    if not _is_above(actor, role):
        raise NotAllowed(_("Your role does not let you grant this role."), reason="role_too_low")


def _is_above(actor: User, role: str) -> bool:
    ranks = {User.Role.NONE: 0, User.Role.ADMIN: 1, User.Role.SUPERADMIN: 2}
    rank = ranks[User.Role(actor.role)]
    return rank == 2 or rank > ranks[User.Role(role)]
