"""The first operator: made once, by password from the environment or by a one-time set-up link."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts import emails, passwords
from accounts.events import PasswordChanged, SetUpLinkMade
from accounts.models import PasswordReset, User
from accounts.services import users
from audit import services as audit
from core import crypto

SET_UP_LINK_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class FirstOperator:
    """`set_up_link` is empty when the password came from the environment, or an operator existed."""

    email: str
    set_up_link: str = ""
    is_new: bool = False


def ensure_first_operator(*, email: str, password: str, now: datetime) -> FirstOperator | None:
    """Make the first operator, unless anybody is one. None if there are operators already.

    An account that exists under the address is never taken over: raises `Conflict`.
    """
    if (
        User.objects.filter(role__in=settings.JANUA.allowed_admin_roles)
        .exclude(password__startswith="!")
        .exists()
    ):
        return None
    address = emails.canonical(email)
    waiting = User.objects.filter(email=address, role=User.Role.SUPERADMIN, password__startswith="!").first()
    if waiting is None:
        with transaction.atomic():
            waiting = users.create_user(
                email=address, password=password or None, is_verified=True, role=User.Role.SUPERADMIN, now=now
            )
            # Where operators must have a second factor, the first one has no days of grace.
            User.objects.filter(id=waiting.id).update(mfa_due_at=now)
    elif password:
        _set_password(waiting, password, now=now)
    if password:
        return FirstOperator(address, is_new=True)
    return FirstOperator(address, set_up_link=_set_up_link(waiting, now=now), is_new=True)


def _set_password(user: User, password: str, *, now: datetime) -> None:
    """The operator was made by an earlier start that had no password, and nobody chose one since."""
    passwords.require_good(password, personal=user.personal_words)
    user.password, user.password_changed_at, user.updated_at = passwords.hash_password(password), now, now
    with transaction.atomic():
        user.save(update_fields=["password", "password_changed_at", "updated_at"])
        PasswordReset.objects.live(now).filter(user=user).update(used_at=now)
        audit.record(
            PasswordChanged(actor_type="system", target_type="user", target_id=str(user.id), by="bootstrap")
        )


@transaction.atomic
def _set_up_link(user: User, *, now: datetime) -> str:
    """A one-time link to choose a password; an earlier one is void."""
    PasswordReset.objects.live(now).filter(user=user).update(used_at=now)
    token = crypto.new_secret("jnu_ml_")
    row = PasswordReset(
        user=user,
        email=user.email,
        created_at=now,
        expires_at=now + SET_UP_LINK_LIFETIME,
        link_hash=PasswordReset.hash_of_link(token),
        guesses=PasswordReset.MAX_GUESSES,
    )
    row.code_hash = row.hash_of_code(row.id, crypto.new_secret(""))  # there is no code: only the link
    row.save()
    audit.record(SetUpLinkMade(actor_type="system", target_type="user", target_id=str(user.id)))
    return f"{settings.JANUA.base_url}/password/reset?token={token}"
