"""How a login ends, as types: under mypy --strict a new end breaks every face that forgot it."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from accounts import two_step
from accounts.services.sessions import NewSession
from mfa.methods import Method
from organizations import sign_in_methods


class Reason(StrEnum):
    """Why a login was refused, for programs."""

    INVALID_CREDENTIALS = "invalid_credentials"
    INVALID_CODE = "invalid_code"
    EMAIL_NOT_VERIFIED = "email_not_verified"
    ACCOUNT_SUSPENDED = "account_suspended"
    PASSWORD_RESET_REQUIRED = "password_reset_required"
    SIGN_UP_CLOSED = "sign_up_closed"
    FACTOR_REQUIRED = "mfa_enrolment_required"
    MAILBOX_TWICE = "mailbox_not_enough"
    WRONG_FACTOR = "invalid_mfa_code"
    ATTEMPT_OVER = "invalid_mfa_token"
    RATE_LIMITED = "rate_limited"
    METHOD_NOT_ALLOWED = "sign_in_method_not_allowed"
    NETWORK_NOT_ALLOWED = "network_not_allowed"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person is in; `new.secret` goes into the cookie of a browser.

    `has_offers`: organizations would take them in, because of the domain of their address (`organizations.services.enrolment`).
    """

    new: NewSession
    has_offers: bool = False


@dataclass(frozen=True, slots=True)
class ChallengeRequired:
    """The person proved one thing and has to prove another. `secret` tells this very login when they come back."""

    secret: str
    methods: tuple[Method, ...]
    expires_in: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The person is not in. Only who proved the password learns more than `INVALID_CREDENTIALS`.

    `asked_by`: the organization that asks for more or for another way; `open_methods`: the ways it leaves. `method`:
    the second factor that was tried, for the words alone.
    """

    reason: Reason
    retry_after_seconds: int = 0
    asked_by: str = ""
    open_methods: tuple[str, ...] = ()
    method: Method | None = field(default=None, compare=False)

    @property
    def sentence(self) -> str:
        minutes = max(1, math.ceil(self.retry_after_seconds / 60))
        if self.asked_by:
            methods = sign_in_methods.in_words(self.open_methods)
            return str(ASKED[self.reason]) % {"organization": self.asked_by, "methods": methods}
        if self.reason == Reason.WRONG_FACTOR and self.method:
            return str(WRONG[self.method])
        return str(SENTENCES[self.reason]).format(minutes=minutes)


Outcome = SignedIn | ChallengeRequired | Refused

SENTENCES = {
    Reason.INVALID_CREDENTIALS: _("The email address or the password is not right."),
    Reason.INVALID_CODE: _("This code or link is wrong, was used before, or has expired. Ask for a new one."),
    Reason.EMAIL_NOT_VERIFIED: _("This email address is not verified yet. Enter the code we sent you."),
    Reason.ACCOUNT_SUSPENDED: _("This account is suspended. Ask the people who run this service."),
    Reason.PASSWORD_RESET_REQUIRED: _("Choose a new password first. We mailed you a code for that."),
    Reason.SIGN_UP_CLOSED: _("There is no account for you here yet, and this way in does not make new ones."),
    Reason.FACTOR_REQUIRED: two_step.SET_IT_UP,
    Reason.MAILBOX_TWICE: _(
        "Your second step is a code by email as well, and one mailbox counts once. Sign in another way, "
        "for example with your password."
    ),
    Reason.WRONG_FACTOR: _("This code is wrong or has expired. Enter the newest one."),
    Reason.ATTEMPT_OVER: _("This sign-in took too long, or has ended. Start again."),
    Reason.RATE_LIMITED: _("Too many attempts. Try again in {minutes} min, or reset your password."),
}

WRONG = {
    # Of an app no code works twice, nor one from before it: who just used one has to wait for the next.
    Method.TOTP: _("This code is not right, or was used before. Wait for a new one, then try again."),
    # One that was sent may be typed again until it ends; another one voids it.
    Method.SMS: SENTENCES[Reason.WRONG_FACTOR],
    Method.EMAIL: SENTENCES[Reason.WRONG_FACTOR],
    Method.RECOVERY_CODE: _("This code is not right, or was used before. Check it, or enter another one."),
    Method.PASSKEY: _("This passkey or key was not accepted. Try again, or use another method."),
}
"""Why a second factor was not taken, and what helps."""

ASKED = {
    Reason.FACTOR_REQUIRED: _(
        "%(organization)s asks for two-step sign-in. Sign in on the website and set it up, then try again here."
    ),
    Reason.METHOD_NOT_ALLOWED: _("%(organization)s asks you to sign in in another way: %(methods)s."),
    Reason.NETWORK_NOT_ALLOWED: _("%(organization)s does not let you sign in from the network you are on."),
}
"""What organizations ask (`login.steps.apply_policy`)."""
