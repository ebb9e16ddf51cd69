"""Logins on their way, seen from outside: they end with every other way into an account that was in wrong hands."""

from datetime import datetime

from accounts.models import User
from login.models import LoginAttempt


def drop(user: User, _since: datetime | None, now: datetime) -> None:
    LoginAttempt.objects.live(now).filter(user=user).update(used_at=now)
