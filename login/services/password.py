"""The password door."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts import breaches, emails, passwords
from accounts.models import EmailAddress, Session, SignUp, User
from accounts.services import recovery, rehash
from core import limits, throttle
from core.statements import Select, slot
from login.attempts import Attempt
from login.devices import KnownDevice
from login.outcomes import Outcome, Reason, Refused
from login.services import path

DOOR = "password"

_BY_EMAIL = Select(lambda: User.objects.filter(email=slot(User, "email")))
_BY_FURTHER_EMAIL = Select(lambda: User.objects.filter(further_addresses__email=slot(EmailAddress, "email")))


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordProof:
    """What a person types at the password door, and the device it comes from, if we know it."""

    email: str
    password: str
    kind: Session.Kind
    keep: bool = False
    device: KnownDevice | None = None
    level: str = ""


def with_password(proof: PasswordProof, *, now: datetime) -> Outcome:
    """Begin a login with a password. Unknown people and wrong passwords cost and look the same."""
    email = emails.find_canonical(proof.email)
    user = (_BY_EMAIL.first(email=email) or _BY_FURTHER_EMAIL.first(email=email)) if email else None
    bucket, key = _bucket(proof, user, email)
    if (refused := _count_attempt(bucket, key, now=now)) is not None:
        return path.refuse(refused, user, email=proof.email, door=DOOR)
    # The slow hash runs before any transaction opens.
    if not passwords.is_correct(proof.password, user.password if user else None) or user is None:
        return path.refuse(Refused(_why_not(proof, email, now=now)), user, email=proof.email, door=DOOR)
    _forget_attempt(bucket, key)
    _look_after(user, proof.password, now=now)
    attempt = Attempt(
        user=user,
        amr=("pwd",),
        kind=proof.kind,
        keep=proof.keep,
        device=proof.device,
        now=now,
        level=proof.level,
    )
    return path.mail_what_is_missing(path.advance(attempt, door=DOOR), user, now=now)


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


def _look_after(user: User, password: str, *, now: datetime) -> None:
    """What can only be done while the right password is at hand."""
    rehash.bring_up_to_date(user, password)
    is_strict = settings.JANUA.breached_password_at_login == "reset"
    if is_strict and breaches.is_known(passwords.prepare(password)):
        recovery.require_reset(actor=None, user=user, because="breached", now=now)


def _why_not(proof: PasswordProof, email: str | None, *, now: datetime) -> Reason:
    """Somebody signed up and lost the page with the code: the password leads back to it.

    A sign-up waits for an address that has an account too (`accounts.services.sign_up`), so whoever signs
    up and then logs in learns nothing of the account. The attempt stays counted.
    """
    waiting = SignUp.objects.live(now).filter(email=email).order_by("-created_at").first() if email else None
    if waiting and passwords.is_correct(proof.password, waiting.password):
        return Reason.EMAIL_NOT_VERIFIED
    return Reason.INVALID_CREDENTIALS
