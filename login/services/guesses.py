"""Guesses of second factors, at sign-ins and in sudo mode alike: counted first, looked at then."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from accounts.models import User
from accounts.services import mailed
from core import limits, mail, throttle
from core.errors import RateLimited
from login.devices import KnownDevice
from mfa.methods import Method

T = TypeVar("T")


def guess(
    method: Method,
    user: User,
    device: KnownDevice | None,
    look: Callable[[], T],
    *,
    is_right: Callable[[T], bool],
    now: datetime,
) -> T:
    """Count a guess of this person, over all their sign-ins and sessions, and `look` at it; a right one clears the count.

    Outside a transaction. Raises `RateLimited`: then nothing is looked at.
    """
    limit, key = bucket(method, user, device)
    try:
        throttle.require(limit, key, now=now)
    except RateLimited:
        _raise_alarm(user, now=now)
        raise
    found = look()
    if is_right(found):
        throttle.clear(limit, key)
    return found


def bucket(method: Method, user: User, device: KnownDevice | None) -> tuple[throttle.Limit, str]:
    """Which counter a guess falls into. Recovery codes have one that no browser escapes (S139)."""
    if method == Method.RECOVERY_CODE:
        return limits.RECOVERY_CODE_ACCOUNT, str(user.id)
    if device and device.knows(user):
        return limits.FACTOR_DEVICE, f"{device.id}:{user.id}"
    return limits.FACTOR_ACCOUNT, str(user.id)


def _raise_alarm(user: User, *, now: datetime) -> None:
    """The owner hears of it when somebody who has the password guesses codes (S139): one mail a day."""
    if not throttle.hit(limits.FACTOR_ALARM, str(user.id), now=now).allowed:
        return
    facts = {"forgot_url": mailed.url("/password/forgot"), **mailed.circumstances(now)}
    with transaction.atomic():
        mail.send("factor_guessed", user.email, facts, locale=user.locale)
