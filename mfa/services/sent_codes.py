"""Setting up codes by SMS and by mail: a code goes there, and `mfa.services.set_ups.confirm` takes it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import phones
from accounts.models import Session
from accounts.services import sudo, ways_in
from core import sms
from core.errors import Conflict
from mfa.factors.sent import EmailFactor, SentFactor, SmsFactor
from mfa.methods import Method
from mfa.models import Factor
from mfa.services import set_ups

SMS, EMAIL = SmsFactor(), EmailFactor()


def begin_sms(*, session: Session, phone_number: str, now: datetime) -> Factor:
    """Send a code to the number, which becomes the person's second factor once the code comes back.

    Raises `ReauthenticationRequired`, `ValidationFailed`, `Conflict`, `RateLimited`.
    """
    sudo.require(session, now=now)
    if not sms.is_available():
        sentence = _("There are no codes by SMS here: nothing is set up that sends them.")
        raise Conflict(sentence, reason="sms_unavailable")
    number = phones.canonical(phone_number)
    if Factor.objects.of(session.user).filter(method=Method.SMS, phone_number=number).exists():
        raise Conflict(_("Codes go to this number already."), reason="factor_known")
    return _begin(SMS, session, number, now=now)


def begin_email(*, session: Session, now: datetime) -> Factor:
    """Mail a code to the account's address. Raises `ReauthenticationRequired`, `Conflict`, `RateLimited`.

    Not for people whose only way in is that mailbox: it would be asked twice, and prove one thing.
    """
    sudo.require(session, now=now)
    user = session.user
    if Factor.objects.of(user).filter(method=Method.EMAIL).exists():
        raise Conflict(_("Codes go to your address already."), reason="factor_known")
    if not ways_in.has_another(user):
        sentence = _("You sign in by email already. Set a password or make a passkey first.")
        raise Conflict(sentence, reason="password_required")
    return _begin(EMAIL, session, "", now=now)


def begin_again(waiting: Factor, *, session: Session, now: datetime) -> Factor:
    """Send a new code for a set-up that waits; the one before is void."""
    if waiting.method == Method.SMS:
        return begin_sms(session=session, phone_number=waiting.phone_number, now=now)
    return begin_email(session=session, now=now)


def destination_of(factor: Factor) -> str:
    """Where its codes go, masked."""
    return (SMS if factor.method == Method.SMS else EMAIL).masked(factor)


def _begin(kind: SentFactor, session: Session, number: str, *, now: datetime) -> Factor:
    factor = Factor(user=session.user, method=kind.method, phone_number=number, created_at=now)
    factor.name = kind.masked(factor) if number else ""
    kind.require_calm(factor, now=now)
    with transaction.atomic():
        factor.user = sudo.lock_person(session, now=now)
        set_ups.put_waiting(factor)
        kind.issue(factor, holder=f"session:{session.id}", now=now)
    return factor
