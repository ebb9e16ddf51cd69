"""A person's phone number: set only by proving it with a code sent there."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import phones
from accounts.events import PhoneCodeRefused, PhoneCodeSent, PhoneRemoved, PhoneVerified, by_oneself
from accounts.models import PhoneVerification, Session, User
from accounts.services import mailed, sudo
from audit import services as audit
from core import limits, mail, sms, throttle
from core.errors import Conflict, NotFound, ValidationFailed


def send_code(*, session: Session, phone_number: str, now: datetime) -> PhoneVerification:
    """Send a code to the number; the account's number stays as it is until the code comes back.

    Raises `ReauthenticationRequired`, `ValidationFailed`, `Conflict`, `RateLimited`.
    """
    sudo.require(session, now=now)
    user = session.user
    if not sms.is_available():
        sentence = _("Phone numbers cannot be confirmed here: nothing is set up that sends SMS.")
        raise Conflict(sentence, reason="sms_unavailable")
    number = phones.canonical(phone_number)
    if user.phone_number_verified and user.phone_number == number:
        raise Conflict(_("This number is on your account already."), reason="phone_number_known")
    require_calm(user, number, now=now)
    row = PhoneVerification(user=user, phone_number=number)
    code = row.renew_code(now=now)
    minutes = int(row.LIFETIME.total_seconds() // 60)
    with transaction.atomic():
        PhoneVerification.objects.live(now).filter(user=user).update(used_at=now)
        row.save()
        sms.send("phone_code", number, {"code": code, "minutes": minutes}, locale=user.locale)
        audit.record(PhoneCodeSent(**by_oneself(user.id), phone_number=number))
    return row


def find_waiting(user: User, *, now: datetime) -> PhoneVerification | None:
    """The number that this person has yet to prove."""
    row: PhoneVerification | None = (
        PhoneVerification.objects.live(now).filter(user=user).order_by("-created_at").first()
    )
    return row


def verify(*, session: Session, code: str, now: datetime) -> User:
    """Take over the number whose code this is; raises `ValidationFailed` for a wrong code, `NotFound`."""
    sudo.require(session, now=now)
    if find_waiting(session.user, now=now) is None:
        raise NotFound(_("No number waits to be confirmed. Ask for a new code."))
    key = str(session.user_id)
    throttle.require(limits.PHONE_CODE_ACCOUNT, key, now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        waiting = PhoneVerification.objects.live(now).filter(user=user)
        row = PhoneVerification.redeem_code(waiting, code, now=now)
        if row is None:
            audit.record(PhoneCodeRefused(**by_oneself(user.id), result="failure"))
        else:
            _set(user, row.phone_number, now=now)
            audit.record(PhoneVerified(**by_oneself(user.id), phone_number=row.phone_number))
    if row is None:
        sentence = _("This code is wrong, was used before, or has expired. Ask for a new one.")
        raise ValidationFailed(sentence, reason="invalid_code", details={"code": [sentence]})
    throttle.clear(limits.PHONE_CODE_ACCOUNT, key)
    return user


def remove(*, session: Session, now: datetime) -> User:
    """The account has no number any more, and none waits. Raises `NotFound` where there is nothing to remove."""
    sudo.require(session, now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        waiting = PhoneVerification.objects.live(now).filter(user=user).update(used_at=now)
        if not user.phone_number and not waiting:
            raise NotFound(_("There is no phone number on your account."))
        removed = user.phone_number
        if removed:
            _set(user, "", now=now)
        audit.record(PhoneRemoved(**by_oneself(user.id), phone_number=removed))
    return user


def require_calm(user: User, number: str, *, is_theirs: bool = False, now: datetime) -> None:
    """Counted before anything is sent there; the country last, so that who is stopped before does not fill it.

    `is_theirs`: the person has proven it. Others who have codes sent there do not use up what they may have.
    Raises `RateLimited`.
    """
    throttle.require(limits.SMS_ACCOUNT, str(user.id), now=now)
    throttle.require(limits.SMS_IP, throttle.visitor(), now=now)
    throttle.require(limits.SMS_NUMBER, f"{number} of {user.id}" if is_theirs else number, now=now)
    throttle.require(limits.SMS_COUNTRY, phones.country_code_of(number), now=now)


def _set(user: User, number: str, *, now: datetime) -> None:
    user.phone_number, user.phone_number_verified, user.updated_at = number, bool(number), now
    user.save(update_fields=["phone_number", "phone_number_verified", "updated_at"])
    facts = {
        "phone_number": phones.shown(number),
        "phone_url": mailed.url("/account/phone"),
        **mailed.circumstances(now),
    }
    mail.send("phone_changed", user.email, facts, locale=user.locale)
