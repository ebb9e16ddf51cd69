"""A person's further addresses: each is added by proving it, bound to the person who asked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import emails
from accounts.events import EmailAdded, EmailAdditionRequested, MailedSecretRefused, by_oneself
from accounts.models import EmailAddition, EmailAddress, Session, User
from accounts.services import addresses, mailed, primary_email, sudo
from audit import services as audit
from core import limits, mail, throttle
from core.consume import consume
from core.errors import Conflict, NotFound, ValidationFailed

MAX_ADDRESSES = 10
PATH = "/account/emails/link"


def request(*, session: Session, email: str, becomes_primary: bool = False, now: datetime) -> EmailAddition:
    """Mail a code to the address; or, where somebody has it, a notice to its owner. Both look the same from here.

    Raises `ReauthenticationRequired`, `ValidationFailed`, `Conflict` for an address of one's own, `RateLimited`.
    """
    sudo.require(session, now=now)
    user, address = session.user, emails.canonical(email)
    if addresses.is_of(user, address):
        raise Conflict(_("This address is on your account already."), reason="email_known")
    _require_room(user)
    _require_calm(user, address, now=now)
    row = EmailAddition(user=user, email=address, becomes_primary=becomes_primary)
    with transaction.atomic():
        waiting = EmailAddition.objects.live(now).filter(user=user)
        # One code per address, and one change: the link of an earlier change must not undo a later one.
        waiting.filter(email=address).update(used_at=now)
        if becomes_primary:
            waiting.filter(becomes_primary=True).update(used_at=now)
        _send(row, now=now)
    return row


def send_again(*, session: Session, addition_id: UUID, now: datetime) -> EmailAddition:
    """A new code for an address that waits; the one before is void. Raises `NotFound`."""
    sudo.require(session, now=now)
    seen = get_waiting(session.user, addition_id, now=now)
    _require_calm(session.user, seen.email, now=now)
    with transaction.atomic():
        waiting = EmailAddition.objects.live(now).filter(user=session.user, id=addition_id)
        row: EmailAddition | None = waiting.select_for_update().first()
        if row is None:
            raise _not_waiting()
        _send(row, now=now)
    return row


def get_waiting(user: User, addition_id: UUID, *, now: datetime) -> EmailAddition:
    """The address that this person has yet to prove; raises `NotFound`."""
    row: EmailAddition | None = EmailAddition.objects.live(now).filter(user=user, id=addition_id).first()
    if row is None:
        raise _not_waiting()
    return row


def prove_by_code(*, session: Session, addition_id: UUID, code: str, now: datetime) -> str:
    """Add the address whose code this is, and say which; raises `ValidationFailed` for a wrong code."""
    sudo.require(session, now=now)
    user, key = session.user, f"addition:{session.user_id}"
    row = get_waiting(user, addition_id, now=now)
    throttle.require(limits.CODE_ADDRESS, key, now=now)
    with transaction.atomic():
        addresses.lock(row.email, user.email)
        waiting = EmailAddition.objects.live(now).filter(user=user, id=addition_id)
        user = sudo.lock_person(session, now=now)
        is_added = _add(EmailAddition.redeem_code(waiting, code, now=now), user, now=now)
    if not is_added:
        sentence = _("This code is wrong, was used before, or has expired. Ask for a new one.")
        raise ValidationFailed(sentence, reason="invalid_code", details={"code": [sentence]})
    throttle.clear(limits.CODE_ADDRESS, key)
    return row.email


def prove_by_link(*, session: Session, token: str, now: datetime) -> str:
    """Add the address whose link this is, for the person who asked and nobody else; raises `ValidationFailed`."""
    sudo.require(session, now=now)
    user = session.user
    theirs = EmailAddition.objects.filter(link_hash=EmailAddition.hash_of_link(token), user=user)
    address = theirs.values_list("email", flat=True).first() or ""
    with transaction.atomic():
        addresses.lock(address, user.email)
        user = sudo.lock_person(session, now=now)
        is_added = _add(consume(theirs, now=now), user, now=now)
    if not is_added:
        sentence = _("This link is wrong, was used before, or has expired. Add the address again.")
        raise ValidationFailed(sentence, reason="invalid_token", details={"token": [sentence]})
    return address


def _not_waiting() -> NotFound:
    return NotFound(_("No address waits to be confirmed here. Add it again."))


def _require_room(user: User) -> None:
    if user.further_addresses.count() + 1 >= MAX_ADDRESSES:
        sentence = _("You have as many addresses as an account can hold. Remove one first.")
        raise Conflict(sentence, reason="too_many_emails")


def _require_calm(user: User, address: str, *, now: datetime) -> None:
    throttle.require(limits.EMAIL_ADDITION_ACCOUNT, str(user.id), now=now)
    throttle.require(limits.MAIL_ADDRESS, address, now=now)


def _send(row: EmailAddition, *, now: datetime) -> None:
    kind = "email_in_use" if addresses.is_taken(row.email) else "add_email"
    mailed.issue(row, mailed.Letter(kind, PATH, row.user.locale), now=now)
    audit.record(EmailAdditionRequested(**by_oneself(row.user_id), email=row.email))


def _add(row: EmailAddition | None, user: User, *, now: datetime) -> bool:
    """Give the (locked) person the proven address, unless somebody else proved it meanwhile."""
    if row is None or addresses.is_taken(row.email):
        audit.record(MailedSecretRefused(**by_oneself(user.id), result="failure", kind="email_addition"))
        return False
    if row.becomes_primary:
        primary_email.replace(user, row.email, keeps_old=False, now=now)
        return True
    _require_room(user)
    EmailAddress.objects.create(user=user, email=row.email, created_at=now)
    facts = {
        "added_email": row.email,
        "emails_url": mailed.url("/account/emails"),
        **mailed.circumstances(now),
    }
    mail.send("email_added", user.email, facts, locale=user.locale)
    audit.record(EmailAdded(**by_oneself(user.id), email=row.email))
    return True
