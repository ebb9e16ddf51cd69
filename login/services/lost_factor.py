"""A login waits for a second factor, and the person has none left: the way to a reset (`mfa.services.resets`)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import limits, throttle
from core.errors import AuthenticationFailed, ValidationFailed
from login.models import LoginAttempt
from login.outcomes import Reason, Refused
from login.services import challenge
from mfa.models import FactorReset
from mfa.services import resets


def send_code(secret: str, *, now: datetime) -> None:
    """Mail a code to the primary address of whoever signs in. Raises `AuthenticationFailed` where no login waits under
    this secret, `RateLimited`."""
    waiting = _find(secret, now=now)
    resets.send_code(waiting.user, holder=waiting.holder, now=now)


def begin(secret: str, code: str, *, now: datetime) -> FactorReset:
    """Begin the reset by the mailed code. Raises `AuthenticationFailed`, `ValidationFailed`, `RateLimited`."""
    waiting = _find(secret, now=now)
    key = f"factor_reset:{waiting.user_id}"
    throttle.require(limits.CODE_ADDRESS, key, now=now)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(id=waiting.user_id)
        if not _still_waits(waiting, user, now=now):
            raise _over()
        reset = resets.begin(user, code, holder=waiting.holder, now=now)
    if reset is None:
        sentence = _("This code is wrong, was used before, or has expired. Ask for a new one.")
        raise ValidationFailed(sentence, reason="invalid_code", details={"code": [sentence]})
    throttle.clear(limits.CODE_ADDRESS, key)
    return reset


def _find(secret: str, *, now: datetime) -> LoginAttempt:
    waiting = challenge.find(secret, now=now)
    if waiting is None or not _still_waits(waiting, waiting.user, now=now):
        raise _over()
    return waiting


def _still_waits(waiting: LoginAttempt, user: User, *, now: datetime) -> bool:
    """Not answered meanwhile, for a second factor that there is, and what it stands on is the password of today."""
    is_live = LoginAttempt.objects.live(now).filter(id=waiting.id).exists()
    is_same = waiting.password_changed_at == user.password_changed_at
    return bool(is_live and user.is_active and user.has_mfa and is_same)


def _over() -> AuthenticationFailed:
    over = Refused(Reason.ATTEMPT_OVER)
    return AuthenticationFailed(over.sentence, reason=over.reason)
