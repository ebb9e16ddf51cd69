"""People as operators manage them over the API. Suspending and its like stand in `accounts.services.users`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import operators, search
from accounts.events import UserUnlocked, UserUpdated
from accounts.models import Session, User
from accounts.services import deletion, profile, sessions, sudo, users
from audit import services as audit
from core import limits, throttle
from core.errors import NotFound

SENSITIVE = frozenset({"role", "email_verified"})
CHANGEABLE = profile.PROFILE_FIELDS | SENSITIVE | {"metadata"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which people an operator looks for; what is empty does not matter."""

    search: str = ""
    status: str = ""
    role: str | None = None
    email_verified: bool | None = None
    mfa_enabled: bool | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What an operator knows of a new user; without a password the person sets one by mail."""

    email: str
    password: str | None = None
    role: str = ""
    email_verified: bool = False
    about: Mapping[str, Any] = field(default_factory=dict)


def find_people(actor: User, wanted: Wanted) -> QuerySet[User]:
    """The people an operator looks for; raises `NotAllowed` for anybody else."""
    operators.require_operator(actor)
    given = {
        "status": wanted.status or None,
        "role": wanted.role,
        "email_verified": wanted.email_verified,
        "mfa_enabled_at__isnull": None if wanted.mfa_enabled is None else not wanted.mfa_enabled,
        "created_at__gte": wanted.created_after,
        "created_at__lt": wanted.created_before,
    }
    rows = User.objects.filter(**{name: value for name, value in given.items() if value is not None})
    return search.matching(rows, wanted.search) if wanted.search.strip() else rows


def get_person(actor: User, user_id: UUID) -> User:
    """One of them; raises `NotAllowed`, `NotFound`."""
    operators.require_operator(actor)
    user = User.objects.filter(id=user_id).first()
    if user is None:
        raise NotFound(_("There is no user with this id."))
    return user


def create(actor: User, session: Session, new: NewPerson, *, now: datetime) -> User:
    """Make a user. Roles and proofs ask for a fresh proof of the operator's own. Raises `Conflict`, `ValidationFailed`."""
    operators.require_operator(actor)
    if new.role:
        users.require_may_grant(actor, new.role)
    if new.role or new.email_verified:
        sudo.require(session, now=now)
    with transaction.atomic():
        user = users.create_user(
            email=new.email,
            password=new.password,
            is_verified=new.email_verified,
            role=new.role,
            actor=actor,
            now=now,
        )
        if new.about:
            _change(actor, user, new.about, now=now)
    return user


def update(actor: User, session: Session, user: User, changes: Mapping[str, Any], *, now: datetime) -> User:
    """Change what is known of a person. Roles and proofs ask for a fresh proof of the operator's own."""
    users.require_may_manage(actor, user)
    if "role" in changes:
        users.require_may_grant(actor, changes["role"])
    if not SENSITIVE.isdisjoint(changes):
        sudo.require(session, now=now)
    with transaction.atomic():
        locked = users.lock_to_manage(actor, user)
        _change(actor, locked, changes, now=now)
    return locked


def delete(actor: User, session: Session, user: User, *, now: datetime) -> None:
    """Lock a person out and erase the account, within minutes and without days of grace. Raises `Conflict`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        deletion.schedule_now(users.lock_to_manage(actor, user), actor=actor, now=now)


@transaction.atomic
def unlock(actor: User, user: User) -> None:
    """Forget the person's wrong passwords and codes, so that the right ones are heard again at once."""
    users.require_may_manage(actor, user)
    throttle.clear(limits.LOGIN_ACCOUNT, str(user.id))
    throttle.clear(limits.LOGIN_ACCOUNT, f"change:{user.id}")
    throttle.clear(limits.LOGIN_ACCOUNT, f"sudo:{user.id}")
    throttle.clear(limits.CODE_ADDRESS, str(user.id))
    throttle.clear(limits.CODE_ADDRESS, f"addition:{user.id}")
    throttle.clear(limits.PHONE_CODE_ACCOUNT, str(user.id))
    audit.record(
        UserUnlocked(actor_type="user", actor_id=actor.id, target_type="user", target_id=str(user.id))
    )


def end_session(actor: User, user: User, session_id: UUID, *, now: datetime) -> None:
    """End one session of a person; raises `NotFound` where there is none alive."""
    users.require_may_manage(actor, user)
    if not sessions.end_session(user=user, session_id=session_id, reason="ended_by_operator", now=now):
        raise NotFound(_("There is no such session, or it has ended."))


def _change(actor: User, user: User, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Write what differs, and say which fields; call inside a transaction."""
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"not for operators to change: {unknown}")
    changed = {name: value for name, value in changes.items() if getattr(user, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(user, name, value)
    user.updated_at = now
    user.save(update_fields=[*changed, "updated_at"])
    audit.record(
        UserUpdated(
            actor_type="user",
            actor_id=actor.id,
            target_type="user",
            target_id=str(user.id),
            fields=tuple(sorted(changed)),
        )
    )
