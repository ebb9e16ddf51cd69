"""Authenticator apps (RFC 6238): 6 digits, 30 seconds, SHA-1, as every app reads them."""

from base64 import b32decode
from datetime import datetime
from typing import ClassVar

from django_otp.oath import TOTP

from accounts.models import User
from mfa import codes
from mfa.factors.base import Answer
from mfa.methods import Method
from mfa.models import Factor

STEP_SECONDS = 30
DIGITS = 6
TOLERANCE = 1  # steps to either side of the app's clock, as far as we know it (RFC 6238 section 5.2)
MAX_DRIFT = 10  # five minutes: beyond that a clock is wrong, not late


class TotpFactor:
    method: ClassVar[Method] = Method.TOTP

    def may_answer(self, user: User, *, now: datetime) -> datetime | None:
        used = (
            Factor.objects.of(user).filter(method=Factor.Kind.TOTP).values_list("last_used_at", "created_at")
        )
        return max((last or made for last, made in used), default=None)

    def accepts(self, user: User, answer: Answer, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        if not codes.is_digits(answer.code, DIGITS):
            return None
        for factor in Factor.objects.of(user).filter(method=Factor.Kind.TOTP).select_for_update():
            if accept_code(factor, answer.code, now=now):
                return ("otp",)
        return None

    def confirms(self, factor: Factor, code: str, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        is_right = codes.is_digits(code, DIGITS) and accept_code(factor, code, now=now)
        return ("otp",) if is_right else None


def accept_code(factor: Factor, code: str, *, now: datetime) -> bool:
    """Use up the code's step: no code of it, or of a step before, works again. The factor's row is locked."""
    totp = TOTP(b32decode(factor.seed), STEP_SECONDS, 0, DIGITS, factor.drift)
    totp.time = now.timestamp()
    if not totp.verify(int(code), TOLERANCE, factor.last_step + 1):
        return False
    factor.last_step = totp.t()
    factor.drift = max(-MAX_DRIFT, min(MAX_DRIFT, totp.drift))
    factor.last_used_at = now
    factor.save(update_fields=["last_step", "drift", "last_used_at"])
    return True
