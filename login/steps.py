"""The steps of every login, in order. None means: go on to the next step."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts import levels
from accounts.services import devices
from login.attempts import Attempt
from login.outcomes import Reason, Refused
from mfa.methods import Method
from mfa.services import factors


@dataclass(frozen=True, slots=True)
class FactorNeeded:
    """The login waits for one of these."""

    methods: tuple[Method, ...]


Step = Callable[[Attempt], Refused | FactorNeeded | None]


def check_account(attempt: Attempt) -> Refused | None:
    """The account may be used, its mailbox is proven, and a password that came in is not one to be replaced."""
    if not attempt.user.is_active:
        return Refused(Reason.ACCOUNT_SUSPENDED)
    if not attempt.user.email_verified:
        return Refused(Reason.EMAIL_NOT_VERIFIED)
    if attempt.user.password_reset_required and "pwd" in attempt.amr:
        return Refused(Reason.PASSWORD_RESET_REQUIRED)
    return None


def apply_policy(_attempt: Attempt) -> Refused | None:
    """What the person's organizations demand; nobody has an organization yet."""
    return None


def require_second_factor(attempt: Attempt) -> Refused | FactorNeeded | None:
    """Who has a second factor is asked for it, unless two were proven or the person trusts this browser."""
    user, device, now = attempt.user, attempt.device, attempt.now
    if not user.has_mfa or levels.MULTIPLE in attempt.amr:
        return None
    if device and devices.is_trusted(user, browser_id=device.id, now=now):
        return None
    return FactorNeeded(factors.methods_of(user, now=now))


STEPS: tuple[Step, ...] = (check_account, apply_policy, require_second_factor)
