"""How a login ends, as types: under mypy --strict a new end breaks every face that forgot it."""

import math
from dataclasses import dataclass
from enum import StrEnum

from accounts.services.sessions import NewSession


class Reason(StrEnum):
    """Why a login was refused, for programs."""

    INVALID_CREDENTIALS = "invalid_credentials"
    EMAIL_NOT_VERIFIED = "email_not_verified"
    ACCOUNT_SUSPENDED = "account_suspended"
    SIGN_UP_CLOSED = "sign_up_closed"
    RATE_LIMITED = "rate_limited"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person is in; `new.secret` goes into the cookie of a browser."""

    new: NewSession


@dataclass(frozen=True, slots=True)
class Refused:
    """The person is not in. Only who proved the password learns more than `INVALID_CREDENTIALS`."""

    reason: Reason
    retry_after_seconds: int = 0

    @property
    def sentence(self) -> str:
        minutes = max(1, math.ceil(self.retry_after_seconds / 60))
        return SENTENCES[self.reason].format(minutes=minutes)


Outcome = SignedIn | Refused

SENTENCES = {
    Reason.INVALID_CREDENTIALS: "The email address or the password is not right.",
    Reason.EMAIL_NOT_VERIFIED: "This email address is not verified yet. Enter the code we sent you.",
    Reason.ACCOUNT_SUSPENDED: "This account is suspended. Ask the people who run this service.",
    Reason.SIGN_UP_CLOSED: "There is no account for you here yet, and this way in does not make new ones.",
    Reason.RATE_LIMITED: "Too many attempts. Try again in {minutes} min, or reset your password.",
}
