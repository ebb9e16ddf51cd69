"""The second half of a login that waits for a second factor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Session, User
from audit import services as audit
from core import limits, sms, throttle
from core.consume import consume
from core.errors import Conflict, RateLimited, ValidationFailed
from login.attempts import Attempt
from login.devices import KnownDevice
from login.events import FactorRefused
from login.models import LoginAttempt
from login.outcomes import Outcome, Reason, Refused
from login.services import path, vouching
from login.services.guesses import guess
from login.steps import adds_to, methods_beside
from mfa.factors import Answer, SendsCodes
from mfa.methods import Method
from mfa.models import SentCode, WebAuthnChallenge
from mfa.services import factors, passkeys

SECRET_LENGTH = len(LoginAttempt.PREFIX) + 43


def find(secret: str, *, now: datetime) -> LoginAttempt | None:
    """The login that waits under this secret, with its person."""
    if len(secret) != SECRET_LENGTH:
        return None
    rows = LoginAttempt.objects.live(now).select_related("user")
    row: LoginAttempt | None = rows.filter(secret_hash=LoginAttempt.hash_of(secret)).first()
    return row


@dataclass(frozen=True, slots=True)
class Sent:
    """A code is on its way. `destination` is masked."""

    method: Method
    destination: str
    expires_in: int


def methods_of(waiting: LoginAttempt, *, now: datetime) -> tuple[Method, ...]:
    """What this login may be answered with, the last used first."""
    return methods_beside(waiting.user, by_mailbox=waiting.by_mailbox, now=now)


def send(secret: str, method: Method, *, is_call: bool = False, now: datetime) -> Sent | Refused:
    """Send the code of one of the login's methods; raises `RateLimited`, `ValidationFailed` where it is not sent so."""
    waiting = find(secret, now=now)
    if waiting is None:
        return Refused(Reason.ATTEMPT_OVER)
    user, factor = waiting.user, factors.plug_in(waiting.user, method)
    if not isinstance(factor, SendsCodes) or method not in methods_of(waiting, now=now):
        sentence = _("No code can be sent this way. Choose another method.")
        raise ValidationFailed(sentence, details={"method": [sentence]})
    if is_call and not (method == Method.SMS and sms.may_call()):
        sentence = _("Codes are not read out by a call here.")
        raise ValidationFailed(sentence, details={"channel": [sentence]})
    factor.send(user, holder=waiting.holder, is_call=is_call, now=now)
    return Sent(method, factor.destination(user), int(SentCode.LIFETIME.total_seconds()))


def key_options(secret: str, *, now: datetime) -> dict[str, Any] | Refused:
    """What the person's passkey or security key has to sign for this login. Raises `RateLimited`, `ValidationFailed`
    where none is a method of this login."""
    waiting = find(secret, now=now)
    if waiting is None:
        return Refused(Reason.ATTEMPT_OVER)
    if Method.PASSKEY not in methods_of(waiting, now=now):
        sentence = _("Confirm in one of the ways that are offered.")
        raise ValidationFailed(sentence, details={"method": [sentence]})
    throttle.require(limits.PASSKEY_OPTIONS_IP, throttle.visitor(), now=now)
    purpose = WebAuthnChallenge.Purpose.SECOND_FACTOR
    return passkeys.begin_authentication(purpose=purpose, holder=waiting.holder, user=waiting.user, now=now)


def answer(secret: str, given: Answer, *, device: KnownDevice | None = None, now: datetime) -> Outcome:
    """Go on with the login whose second factor this is. Wrong answers count for the person, over all logins."""
    waiting = find(secret, now=now)
    if waiting is None:
        return Refused(Reason.ATTEMPT_OVER)
    user, door = waiting.user, waiting.door
    try:
        outcome: Outcome = guess(
            given.method,
            user,
            device,
            lambda: _answer(waiting, given, device, now=now),
            is_right=lambda outcome: not isinstance(outcome, Refused),
            now=now,
        )
        return outcome
    except RateLimited as error:
        refused = Refused(Reason.RATE_LIMITED, error.retry_after_seconds)
        return path.refuse(refused, user, email=user.email, door=door)
    except Conflict:
        # The provider's account became somebody else's in this moment (`login.services.vouching`).
        return path.refuse(Refused(Reason.ATTEMPT_OVER), user, email=user.email, door=door)


@transaction.atomic
def _answer(waiting: LoginAttempt, given: Answer, device: KnownDevice | None, *, now: datetime) -> Outcome:
    # The person before the attempt, everywhere: parallel answers take turns here.
    user = User.objects.select_for_update(no_key=True).get(id=waiting.user_id)
    row = LoginAttempt.objects.live(now).filter(id=waiting.id).first()
    if row is None or row.password_changed_at != user.password_changed_at:
        return Refused(Reason.ATTEMPT_OVER)
    accepted = None
    if adds_to(row.by_mailbox, given.method):
        accepted = factors.verify(user, given, holder=row.holder, now=now)
    if accepted is None:
        return _refuse(row, user, given.method)
    consume(LoginAttempt.objects.filter(id=row.id), now=now)
    attempt = Attempt(
        user=user,
        amr=accepted.beside(row.amr),
        is_answered=True,
        kind=Session.Kind(row.kind),
        keep=row.keep,
        device=device,
        now=now,
        vouched=vouching.unsealed(row.vouched),
    )
    return path.advance(attempt, door=row.door)


def _refuse(row: LoginAttempt, user: User, method: Method) -> Refused:
    row.guesses += 1
    row.save(update_fields=["guesses"])
    audit.record(
        FactorRefused(
            actor_type="anonymous",
            target_type="user",
            target_id=str(user.id),
            result="failure",
            door=row.door,
            method=method,
        )
    )
    return Refused(Reason.WRONG_FACTOR, method=method)
