"""The one way into Janua. Pages, the API and single sign-on all come through here.

A door only proves something and then enters `_advance`. Refusals are returned, not raised: raising
would take the audit line back with the transaction.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts import emails, passwords
from accounts.models import Session, SignUp, User
from accounts.services import mailed, sessions
from audit import services as audit
from core import limits, mail, throttle
from core.statements import Select, Update, slot
from login import levels
from login.attempts import Attempt
from login.devices import KnownDevice
from login.events import LoginRefused, LoginSucceeded
from login.outcomes import Outcome, Reason, Refused, SignedIn
from login.steps import STEPS

_BY_EMAIL = Select(lambda: User.objects.filter(email=slot(User, "email")))
# Without `no_key` it would deadlock with a parallel act of the person, whose foreign keys are checked at its commit
# while it holds the audit chain.
_LOCKED = Select(lambda: User.objects.select_for_update(no_key=True).filter(id=slot(User, "id")))
_LAST_LOGIN = Update(lambda: User.objects.filter(id=slot(User, "id")), last_login=slot(User, "last_login"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordProof:
    """What a person types at the password door, and the device it comes from, if we know it."""

    email: str
    password: str
    kind: Session.Kind
    keep: bool = False
    device: KnownDevice | None = None


def with_password(proof: PasswordProof, *, now: datetime) -> Outcome:
    """Begin a login with a password. Unknown people and wrong passwords cost and look the same."""
    email = emails.find_canonical(proof.email)
    user = _BY_EMAIL.first(email=email) if email else None
    bucket, key = _bucket(proof, user, email)
    if (refused := _count_attempt(bucket, key, now=now)) is not None:
        return _refuse(refused, user, email=proof.email)
    # The slow hash runs before any transaction opens.
    if not passwords.is_correct(proof.password, user.password if user else None) or user is None:
        return _refuse(Refused(_why_not(proof, email, now=now)), user, email=proof.email)
    _forget_attempt(bucket, key)
    attempt = Attempt(
        user=user,
        amr=("pwd",),
        kind=proof.kind,
        keep=proof.keep,
        is_known_device=bucket is limits.LOGIN_DEVICE,
        now=now,
    )
    return _advance(attempt, door="password")


def with_proven_mailbox(user: User, *, device: KnownDevice | None, now: datetime) -> Outcome:
    """Go on after the code of a sign-up, in the browser where the password was typed minutes ago."""
    attempt = Attempt(
        user=user,
        amr=("pwd",),
        kind=Session.Kind.BROWSER,
        keep=False,
        is_known_device=device is not None and str(user.id) in device.user_ids,
        now=now,
    )
    return _advance(attempt, door="sign_up")


def _advance(attempt: Attempt, *, door: str) -> Outcome:
    """Every login's way in: the steps, then session and audit line in one transaction."""
    with transaction.atomic():
        # Read again under a lock: who was suspended during the slow hash does not get in.
        user = _LOCKED.one(id=attempt.user.id)
        attempt = replace(attempt, user=user)
        for step in STEPS:
            if (refused := step(attempt)) is not None:
                return _refuse(refused, user, email=user.email, door=door)
        proof = sessions.Proof(amr=attempt.amr, auth_time=attempt.now, acr=levels.ONE_FACTOR)
        new = sessions.start_session(user, proof, kind=attempt.kind, keep=attempt.keep, now=attempt.now)
        _tell_of_new_device(attempt)
        audit.record(
            LoginSucceeded(
                actor_type="user",
                actor_id=user.id,
                target_type="user",
                target_id=str(user.id),
                door=door,
                amr=attempt.amr,
            ),
            _LAST_LOGIN.of(id=user.id, last_login=attempt.now),
        )
        return SignedIn(new)


def _tell_of_new_device(attempt: Attempt) -> None:
    """Somebody signs in where this person never did: the owner should know. Not at the very first sign-in."""
    user = attempt.user
    if attempt.kind != Session.Kind.BROWSER or attempt.is_known_device or user.last_login is None:
        return
    context = {
        "sessions_url": f"{settings.JANUA.base_url}/account/sessions",
        **mailed.circumstances(attempt.now),
    }
    mail.send("sign_in_new_device", user.email, context, locale=user.locale)


def _refuse(refused: Refused, user: User | None, *, email: str, door: str = "password") -> Refused:
    with transaction.atomic():
        audit.record(
            LoginRefused(
                actor_type="anonymous",
                target_type="user",
                target_id=str(user.id) if user else "",
                result="failure",
                door=door,
                reason=refused.reason,
                email=email[:254],
            )
        )
    return refused


def _bucket(proof: PasswordProof, user: User | None, email: str | None) -> tuple[throttle.Limit, str]:
    """Which counter a guess falls into. A known device has its own: strangers cannot lock the owner out."""
    account = str(user.id) if user else (email or proof.email[:254])
    if proof.device and account in proof.device.user_ids:
        return limits.LOGIN_DEVICE, f"{proof.device.id}:{account}"
    return limits.LOGIN_ACCOUNT, account


def _count_attempt(bucket: throttle.Limit, key: str, *, now: datetime) -> Refused | None:
    """Count first, check then, before the password is looked at (rule 14)."""
    for limit, name in ((bucket, key), (limits.LOGIN_IP, throttle.visitor()), (limits.LOGIN_GLOBAL, "")):
        verdict = throttle.hit(limit, name, now=now)
        if not verdict.allowed:
            return Refused(Reason.RATE_LIMITED, verdict.retry_after_seconds)
    return None


def _forget_attempt(bucket: throttle.Limit, key: str) -> None:
    throttle.clear(bucket, key)
    throttle.refund(limits.LOGIN_IP, throttle.visitor())
    throttle.refund(limits.LOGIN_GLOBAL, "")


def _why_not(proof: PasswordProof, email: str | None, *, now: datetime) -> Reason:
    """Somebody signed up and lost the page with the code: the password leads back to it.

    A sign-up waits for an address that has an account too (`accounts.services.sign_up`), so whoever signs
    up and then logs in learns nothing of the account. The attempt stays counted.
    """
    waiting = SignUp.objects.live(now).filter(email=email).order_by("-created_at").first() if email else None
    if waiting and passwords.is_correct(proof.password, waiting.password):
        return Reason.EMAIL_NOT_VERIFIED
    return Reason.INVALID_CREDENTIALS
