"""The steps of every login, in order. None means: go on to the next step."""

from collections.abc import Callable

from login.attempts import Attempt
from login.outcomes import Reason, Refused

Step = Callable[[Attempt], Refused | None]


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


def require_second_factor(_attempt: Attempt) -> Refused | None:
    """The factors a person enrolled; there are none to enrol yet."""
    return None


STEPS: tuple[Step, ...] = (check_account, apply_policy, require_second_factor)
