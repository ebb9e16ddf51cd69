"""The door of passkeys: one that asked for its owner is two factors at once, and names its person itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import levels
from accounts.models import Session, User
from core import limits, throttle
from login.attempts import Attempt
from login.devices import KnownDevice
from login.outcomes import Outcome, Reason, Refused
from login.services import path
from mfa.factors import passkey
from mfa.models import WebAuthnChallenge
from mfa.services import passkeys

DOOR = "passkey"


def with_passkey(
    credential: Mapping[str, Any],
    *,
    holder: str,
    kind: Session.Kind,
    device: KnownDevice | None = None,
    keep: bool = False,
    now: datetime,
) -> Outcome:
    """Begin a login with what an authenticator signed for `holder`. Unknown passkeys and bad signatures look the same."""
    for limit, key in ((limits.LOGIN_IP, throttle.visitor()), (limits.LOGIN_GLOBAL, "")):
        verdict = throttle.hit(limit, key, now=now)
        if not verdict.allowed:
            refused = Refused(Reason.RATE_LIMITED, verdict.retry_after_seconds)
            return path.refuse(refused, None, email="", door=DOOR)
    outcome = _enter(credential, holder=holder, kind=kind, device=device, keep=keep, now=now)
    if not isinstance(outcome, Refused):
        throttle.refund(limits.LOGIN_IP, throttle.visitor())
        throttle.refund(limits.LOGIN_GLOBAL, "")
    return outcome


@transaction.atomic
def _enter(
    credential: Mapping[str, Any],
    *,
    holder: str,
    kind: Session.Kind,
    device: KnownDevice | None,
    keep: bool,
    now: datetime,
) -> Outcome:
    claimed = passkeys.find_person(credential)
    # The person before the passkey, as everywhere: parallel uses take turns here.
    people = User.objects.select_for_update(no_key=True)
    user = people.filter(id=claimed.id).first() if claimed else None
    purpose = WebAuthnChallenge.Purpose.SIGN_IN
    asserted = passkey.check(credential, purpose, holder=holder, user=user, now=now) if user else None
    if user is None or asserted is None:
        return path.refuse(
            Refused(Reason.INVALID_CREDENTIALS), user, email=user.email if user else "", door=DOOR
        )
    amr = levels.with_factor((), asserted.amr)
    attempt = Attempt(user=user, amr=amr, kind=kind, keep=keep, device=device, now=now)
    return path.advance(attempt, door=DOOR)
