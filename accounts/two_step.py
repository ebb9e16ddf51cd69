"""Who must have a second factor, and until when they may do without (MFA_REQUIRED_FOR, MFA_GRACE_DAYS)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import levels
from accounts.models import Session, User

SET_IT_UP = _(
    "This service asks for two-step sign-in. Sign in on its website and set it up, then try again here."
)
"""To programs, which cannot set one up."""


def is_required(user: User) -> bool:
    """Whether the operator of this service demands one of this person."""
    demanded = settings.JANUA.mfa_required_for
    return demanded == "everyone" or (demanded == "operators" and user.role != User.Role.NONE)


def due_at(user: User) -> datetime | None:
    """When they must have one, if they have to and have none; the clock starts at a sign-in (`login.steps`)."""
    return user.mfa_due_at if is_required(user) and not user.has_mfa else None


def is_overdue(user: User, *, now: datetime) -> bool:
    """The days of grace are over."""
    due = due_at(user)
    return due is not None and now >= due


def is_missing(session: Session, *, now: datetime) -> bool:
    """Whether the session lacks the factor that its operator has to prove, to act as one."""
    user = session.user
    if not is_required(user) or levels.meets(session.acr, levels.TWO_FACTORS):
        return False
    return user.has_mfa or is_overdue(user, now=now)


def grace() -> timedelta:
    return timedelta(days=settings.JANUA.mfa_grace_days)
