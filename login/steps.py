"""The steps of every login, in order. None means: go on to the next step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts import levels, two_step
from accounts.models import Session, User
from accounts.services import devices
from core import context
from login import signals
from login.attempts import Attempt
from login.outcomes import Reason, Refused
from login.services import vouching
from mfa.methods import Method
from mfa.services import factors, resets


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


def remove_lost_factors(attempt: Attempt) -> None:
    """Where a reset of lost factors is due, the first proof is enough this once: they go here, before anybody asks for
    one."""
    user, now = attempt.user, attempt.now
    is_waiting = user.has_mfa and levels.MULTIPLE not in attempt.amr
    if is_waiting and vouching.still_holds(attempt.vouched, user):
        resets.apply_if_due(user, now=now)


def apply_policy(attempt: Attempt) -> Refused | None:
    """The person signs in from where, and in a way, that their organizations allow, and has a second factor where one
    is demanded.

    Where the operator demands it, the days of grace begin with the first sign-in that has none; organizations name a
    day. After it a browser is let in as far as the set-up (`accounts.services.detours`); a program cannot set one up.
    """
    user, policy = attempt.user, attempt.policy
    if (refused := _refused_by_organization(attempt)) is not None:
        return refused
    if user.has_mfa or levels.MULTIPLE in attempt.amr:
        return None
    if two_step.is_demanded(user) and user.mfa_due_at is None:
        user.mfa_due_at = attempt.now + two_step.grace()
        User.objects.filter(id=user.id).update(mfa_due_at=user.mfa_due_at)
    due_at = two_step.earliest(user, policy.factor_due_at)
    if attempt.kind != Session.Kind.API or due_at is None or attempt.now < due_at:
        return None
    return Refused(Reason.FACTOR_REQUIRED, asked_by=policy.asks_for_factor)


def _refused_by_organization(attempt: Attempt) -> Refused | None:
    demand = attempt.policy.binding
    if demand is None:
        return None
    if not demand.allows_network(context.current().ip):
        return Refused(Reason.NETWORK_NOT_ALLOWED, asked_by=demand.organization)
    if not demand.allows_door(attempt.door):
        methods = tuple(sorted(demand.methods))
        return Refused(Reason.METHOD_NOT_ALLOWED, asked_by=demand.organization, open_methods=methods)
    return None


def require_second_factor(attempt: Attempt) -> Refused | FactorNeeded | None:
    """Who has a second factor is asked for it, unless two were proven, or the person trusts this browser, no application
    asks for more and no signal speaks against it. Who has none is asked for a mailed code where a signal does."""
    if levels.MULTIPLE in attempt.amr:
        return None
    if not attempt.user.has_mfa:
        is_sure = attempt.by_mailbox or attempt.is_answered or not signals.found(attempt)
        return None if is_sure else FactorNeeded(_methods_of(attempt))
    asks_for_more = attempt.level not in ("", levels.ONE_FACTOR)
    if _is_trusted(attempt) and not asks_for_more and not signals.found(attempt):
        return None
    methods = _methods_of(attempt)
    # With no method left at all the challenge leads to the recovery (`login.pages.recover`).
    return Refused(Reason.MAILBOX_TWICE) if attempt.by_mailbox and not methods else FactorNeeded(methods)


def _is_trusted(attempt: Attempt) -> bool:
    device = attempt.device
    return device is not None and devices.is_trusted(attempt.user, browser_id=device.id, now=attempt.now)


def _methods_of(attempt: Attempt) -> tuple[Method, ...]:
    return methods_beside(attempt.user, by_mailbox=attempt.by_mailbox, now=attempt.now)


def methods_beside(user: User, *, by_mailbox: bool, now: datetime) -> tuple[Method, ...]:
    """What proves something beyond the first proof, the last used first. One mailbox counts once.

    Who has no second factor gets a code by mail, which counts as none (`mfa.factors.MAILBOX`).
    """
    methods = factors.methods_of(user, now=now)
    if not user.has_mfa:
        methods = (*methods, Method.EMAIL)
    return tuple(method for method in methods if adds_to(by_mailbox, method))


def adds_to(by_mailbox: bool, method: Method) -> bool:
    """Whether the method proves something beyond the first proof."""
    return not (by_mailbox and method == Method.EMAIL)


STEPS: tuple[Step, ...] = (check_account, remove_lost_factors, apply_policy, require_second_factor)
