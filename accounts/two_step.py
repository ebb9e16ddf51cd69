"""Who must have a second factor, and until when they may do without.

The operator says so (MFA_REQUIRED_FOR, MFA_GRACE_DAYS), and floors above may: of several dates the earliest counts.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import levels
from accounts.models import Session, User

SET_IT_UP = _(
    "This service asks for two-step sign-in. Sign in on its website and set it up, then try again here."
)
"""To programs, which cannot set one up."""


_askers: dict[str, Callable[[User], datetime | None]] = {}


def enter(name: str, asks_from: Callable[[User], datetime | None]) -> None:
    """Called by the AppConfig of a floor above that may demand one too: from when on, of this person."""
    _askers[name] = asks_from


def is_demanded(user: User) -> bool:
    """Whether the operator of this service demands one of this person."""
    demanded = settings.JANUA.mfa_required_for
    return demanded == "everyone" or (demanded == "operators" and user.role != User.Role.NONE)


def is_required(user: User) -> bool:
    """Whether anybody demands one, now or from a day to come."""
    return is_demanded(user) or _asked_from(user) is not None


def due_at(user: User) -> datetime | None:
    """When they must have one, if they have to and have none."""
    return None if user.has_mfa else earliest(user, _asked_from(user))


def earliest(user: User, asked_from: datetime | None) -> datetime | None:
    """The operator's day or this one. The operator's clock starts at a sign-in (`login.steps`)."""
    days = [day for day in (user.mfa_due_at if is_demanded(user) else None, asked_from) if day]
    return min(days, default=None)


def is_overdue(user: User, *, now: datetime) -> bool:
    """The days of grace are over."""
    due = due_at(user)
    return due is not None and now >= due


def is_missing(session: Session, *, now: datetime) -> bool:
    """Whether the session lacks the factor that its operator has to prove, to act as one."""
    user = session.user
    if not is_demanded(user) or levels.meets(session.acr, levels.TWO_FACTORS):
        return False
    return user.has_mfa or is_overdue(user, now=now)


def grace() -> timedelta:
    return timedelta(days=settings.JANUA.mfa_grace_days)


def _asked_from(user: User) -> datetime | None:
    return min((day for asks_from in _askers.values() if (day := asks_from(user))), default=None)
