"""Signing up: asking, and proving the mailbox. Only the proof makes a user."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import emails, passwords
from accounts.events import (
    EmailVerificationSent,
    EmailVerified,
    MailedSecretRefused,
    SignUpRequested,
    UserCreated,
    by_oneself,
)
from accounts.models import SignUp, User
from accounts.services import addresses, claiming, mailed, terms
from audit import services as audit
from core import limits, throttle
from core.errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What a person types to sign up."""

    email: str
    password: str
    given_name: str = ""
    family_name: str = ""
    locale: str = ""
    accepts_terms: bool = False


@dataclass(frozen=True, slots=True)
class Requested:
    """The same answer whether or not the address already has an account."""

    sign_up_id: UUID
    user_id: UUID
    email: str
    expires_in: int


def request_sign_up(applicant: Applicant, *, now: datetime) -> Requested:
    """Ask for an account; a code goes to the mailbox, or, where there is an account already, a notice.

    Raises `ValidationFailed` for a bad address or a weak password, `RateLimited`.
    """
    email = emails.canonical(applicant.email)
    passwords.require_good(applicant.password, personal=(email, applicant.given_name, applicant.family_name))
    throttle.require(limits.SIGNUP_IP, throttle.visitor(), now=now)
    throttle.require(limits.MAIL_ADDRESS, email, now=now)
    row = SignUp(
        email=email,
        password=passwords.hash_password(applicant.password),
        given_name=applicant.given_name,
        family_name=applicant.family_name,
        locale=applicant.locale,
        accepted_terms=terms.to_keep(applicant.accepts_terms, now=now),
    )
    with transaction.atomic():
        mailed.issue(row, _letter(row), now=now)
        audit.record(
            SignUpRequested(actor_type="anonymous", target_type="sign_up", target_id=str(row.id), email=email)
        )
    return Requested(row.id, row.user_id, email, int(row.LIFETIME.total_seconds()))


def resend(email: str, *, sign_up_id: UUID | None = None, now: datetime) -> bool:
    """Send a new code for the newest sign-up that waits for this address; whether there was one."""
    waiting = SignUp.objects.live(now).filter(email=email)
    if sign_up_id:
        waiting = waiting.filter(id=sign_up_id)
    with transaction.atomic():
        row = waiting.order_by("-created_at").select_for_update().first()
        if row:
            mailed.issue(row, _letter(row), now=now)
            audit.record(
                EmailVerificationSent(actor_type="anonymous", target_type="sign_up", target_id=str(row.id))
            )
    return row is not None


def complete_by_code(*, sign_up_id: UUID | None, email: str, code: str, now: datetime) -> User | None:
    """Prove the mailbox by its code. Without `sign_up_id`, only where one sign-up waits for the address.

    Two sign-ups of one address may carry two people's passwords: the code alone must not choose.
    """
    waiting = SignUp.objects.live(now).filter(email=email)
    if sign_up_id:
        waiting = waiting.filter(id=sign_up_id)
    elif waiting.count() > 1:
        raise Conflict(
            "More than one sign-up waits for this address. Send the verification_id you got when registering.",
            reason="verification_id_needed",
        )
    with transaction.atomic():
        _lock_address(email, now=now)
        return _complete(SignUp.redeem_code(waiting, code, now=now), email=email, now=now)


def complete_by_link(token: str, *, now: datetime) -> User | None:
    """Prove the mailbox by the mail's link."""
    with transaction.atomic():
        if row := SignUp.objects.live(now).filter(link_hash=SignUp.hash_of_link(token)).first():
            _lock_address(row.email, now=now)
        return _complete(SignUp.redeem_link(token, now=now), email="", now=now)


def _lock_address(email: str, *, now: datetime) -> None:
    """One proof of an address after another: two sign-ups would each hold what the other waits for."""
    addresses.lock(email)
    User.objects.select_for_update(no_key=True).filter(email=email).first()
    list(SignUp.objects.live(now).filter(email=email).order_by("id").select_for_update())


def _complete(row: SignUp | None, *, email: str, now: datetime) -> User | None:
    if row is None:
        audit.record(
            MailedSecretRefused(actor_type="anonymous", result="failure", kind="sign_up", email=email)
        )
        return None
    return _claim(row, now=now)


def _claim(row: SignUp, *, now: datetime) -> User | None:
    """Make the user, or take over an account whose mailbox nobody had proven (rule 9)."""
    user = User.objects.select_for_update(no_key=True).filter(email=row.email).first()
    if addresses.is_proven(row.email):
        return None
    if user:
        claiming.drop_what_was_set(user, now=now)
    else:
        user = User(id=row.user_id, email=row.email, created_at=now)
    user.email_verified = True
    user.password, user.password_changed_at, user.updated_at = row.password, now, now
    user.given_name, user.family_name, user.locale = row.given_name, row.family_name, row.locale
    is_new = user._state.adding
    user.save()
    SignUp.objects.live(now).filter(email=row.email).update(used_at=now)
    target = by_oneself(user.id)
    if is_new:
        audit.record(UserCreated(email=user.email, **target))
    audit.record(EmailVerified(**target))
    terms.take_over(row, user)
    return user


def _letter(row: SignUp) -> mailed.Letter:
    """The code; or, where the address has an account, a notice to its owner that carries no code.

    The sign-up waits all the same, so that nothing that is done with it tells whether there is an account.
    """
    is_known = addresses.is_proven(row.email)
    return mailed.Letter("already_registered" if is_known else "verify_email", "/verify-email", row.locale)
