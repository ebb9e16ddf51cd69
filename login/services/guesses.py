"""The owner hears of it when somebody who has the password guesses codes (S139)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import mailed
from core import limits, mail, throttle


def raise_alarm(user: User, *, now: datetime) -> None:
    """One mail a day, once the guesses are used up. Outside a transaction: it counts."""
    if not throttle.hit(limits.FACTOR_ALARM, str(user.id), now=now).allowed:
        return
    facts = {"forgot_url": mailed.url("/password/forgot"), **mailed.circumstances(now)}
    with transaction.atomic():
        mail.send("factor_guessed", user.email, facts, locale=user.locale)
