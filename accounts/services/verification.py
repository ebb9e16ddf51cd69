"""Proving a mailbox: of a sign-up, or of an account that exists without proof."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import emails
from accounts.events import EmailVerificationSent, EmailVerified
from accounts.models import EmailVerification, SignUp, User
from accounts.services import addresses, mailed, sign_up
from audit import services as audit
from core import limits, throttle
from core.consume import consume
from core.errors import ValidationFailed

WRONG = gettext_lazy("This code or link is wrong, was used before, or has expired. Ask for a new one.")


def send_again(email: str, *, verification_id: UUID | None = None, now: datetime) -> None:
    """Send a new code to whoever has to prove this address; the same answer where nobody has."""
    address = emails.canonical(email)
    throttle.require(limits.MAIL_ADDRESS, address, now=now)
    throttle.require(limits.MAIL_IP, throttle.visitor(), now=now)
    user = User.objects.find_by_email(address)
    # A stranger may have signed up with the address of an unproven account: whoever does not name a
    # sign-up means the account.
    if (user is None or verification_id) and sign_up.resend(address, sign_up_id=verification_id, now=now):
        return
    with transaction.atomic():
        if user and user.email == address and user.is_active and not user.email_verified:
            send_verification(user, now=now)
        else:
            mailed.issue(SignUp(email=address), mailed.Letter("verify_email", "/verify-email", ""), now=now)
            transaction.set_rollback(True)  # the same work, taken back: time tells nothing either


def send_verification(user: User, *, now: datetime) -> None:
    """Mail the user a code and a link that prove the account's mailbox."""
    with transaction.atomic():
        EmailVerification.objects.live(now).filter(user=user).update(used_at=now)
        mailed.issue(EmailVerification(user=user, email=user.email), _letter(user), now=now)
        audit.record(EmailVerificationSent(target_type="user", target_id=str(user.id)))


def verify_by_code(email: str, code: str, *, verification_id: UUID | None = None, now: datetime) -> User:
    """The user whose mailbox the code proves; raises `ValidationFailed` for a code that does not."""
    address = emails.canonical(email)
    account = addresses.account_of(address)
    throttle.require(limits.CODE_ADDRESS, account, now=now)
    user = None
    if verification_id is None:
        with transaction.atomic():
            waiting = EmailVerification.objects.live(now).filter(email=address)
            user = _verified(EmailVerification.redeem_code(waiting, code, now=now), now=now)
    if user is None:
        user = sign_up.complete_by_code(sign_up_id=verification_id, email=address, code=code, now=now)
    if user is None:
        raise ValidationFailed(str(WRONG), reason="invalid_code", details={"code": [str(WRONG)]})
    throttle.clear(limits.CODE_ADDRESS, account)
    return user


def verify_by_link(token: str, *, signed_in: User | None = None, now: datetime) -> User:
    """The user whose mailbox the link proves; raises `ValidationFailed` for a link that does not.

    A link to the account of one person does nothing in the browser of another who is `signed_in`.
    """
    user = sign_up.complete_by_link(token, now=now)
    if user is None:
        with transaction.atomic():
            rows = EmailVerification.objects.filter(link_hash=EmailVerification.hash_of_link(token))
            row = consume(rows.filter(user=signed_in) if signed_in else rows, now=now)
            user = _verified(row, now=now)
    if user is None:
        raise ValidationFailed(str(WRONG), reason="invalid_token", details={"token": [str(WRONG)]})
    return user


def _verified(row: EmailVerification | None, *, now: datetime) -> User | None:
    """Mark the user's address as proven, unless it was changed since the mail."""
    if row is None:
        return None
    changed = User.objects.filter(id=row.user_id, email=row.email).update(email_verified=True, updated_at=now)
    if not changed:
        return None
    audit.record(
        EmailVerified(actor_type="user", actor_id=row.user_id, target_type="user", target_id=str(row.user_id))
    )
    return User.objects.get(id=row.user_id)


def _letter(user: User) -> mailed.Letter:
    return mailed.Letter("verify_email", "/verify-email", user.locale)
