"""Passwords: forgotten, reset, changed."""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import emails, passwords
from accounts.events import (
    MailedSecretRefused,
    PasswordChanged,
    PasswordResetRequested,
    PasswordResetRequired,
)
from accounts.models import EmailVerification, PasswordReset, Session, SignInAlarm, SignInCode, SignUp, User
from accounts.services import addresses, claiming, devices, mailed, password_history, sessions, sudo, users
from audit import services as audit
from core import limits, mail, throttle
from core.errors import AuthenticationFailed, Conflict, RateLimited, ValidationFailed


def request_reset(email: str, *, now: datetime) -> None:
    """Mail a reset code to the owner of the address. Whether there is one cannot be told from here."""
    address = emails.canonical(email)
    throttle.require(limits.MAIL_ADDRESS, address, now=now)
    throttle.require(limits.RESET_IP, throttle.visitor(), now=now)
    with transaction.atomic():
        user = User.objects.find_by_email(address)
        with transaction.atomic():
            mail_reset(user, address, now=now)
            if user is None or not user.is_active:
                transaction.set_rollback(True)  # the same work, taken back: time tells nothing either
        audit.record(_requested(user, address))


def require_reset(*, actor: User | None, user: User, because: str = "operator", now: datetime) -> None:
    """The person's password opens nothing until it is reset by mail; every session ends.

    `actor` is an operator who may manage the person, or None for Janua itself. Raises `NotAllowed`.
    """
    if actor:
        users.require_may_manage(actor, user)
    with transaction.atomic():
        if User.objects.filter(id=user.id, password_reset_required=False).update(
            password_reset_required=True, updated_at=now
        ):
            sessions.end_all(user, reason="password_reset_required", now=now)
            audit.record(
                PasswordResetRequired(
                    actor_type="user" if actor else "system",
                    actor_id=actor.id if actor else None,
                    target_type="user",
                    target_id=str(user.id),
                    because=because,
                )
            )


def mail_required_reset(user: User, *, now: datetime) -> None:
    """Mail the code to who has just proven the old password, unless several are on their way already."""
    with suppress(RateLimited):
        throttle.require(limits.MAIL_ADDRESS, user.email, now=now)
        with transaction.atomic():
            mail_reset(user, user.email, letter="reset_required", now=now)
            audit.record(_requested(user, user.email))


def mail_reset(user: User | None, address: str, *, letter: str = "reset_password", now: datetime) -> None:
    """A code and a link to reset the password, to one of the person's addresses; those before are void."""
    PasswordReset.objects.live(now).filter(user=user).update(used_at=now)
    locale = user.locale if user else ""
    mailed.issue(
        PasswordReset(user=user, email=address), mailed.Letter(letter, "/password/reset", locale), now=now
    )


def reset_by_code(email: str, code: str, new_password: str, *, now: datetime) -> User:
    """Set a new password with the mailed code; raises `ValidationFailed`."""
    address = emails.canonical(email)
    account = addresses.account_of(address)
    throttle.require(limits.CODE_ADDRESS, account, now=now)
    passwords.require_good(new_password, personal=(address,), field="new_password")
    encoded = passwords.hash_password(new_password)
    with transaction.atomic():
        rows = PasswordReset.objects.live(now).filter(email=address)
        _lock_person(rows)
        row = PasswordReset.redeem_code(rows, code, now=now)
        if row:
            # Only now: who has not proven the mailbox learns nothing of the account's names. Raising
            # takes the use of the code back.
            _require_good(row, new_password)
        user = _reset(row, encoded, now=now)
    if user is None:
        raise _wrong("code")
    throttle.clear(limits.CODE_ADDRESS, account)
    return user


def reset_by_link(token: str, new_password: str, *, now: datetime) -> User:
    """Set a new password with the mailed link; raises `ValidationFailed`."""
    row = PasswordReset.objects.live(now).filter(link_hash=PasswordReset.hash_of_link(token)).first()
    if row is None:
        raise _wrong("token")
    # Tell of a weak password before the link is used up; the UPDATE below decides who uses it.
    _require_good(row, new_password)
    encoded = passwords.hash_password(new_password)
    with transaction.atomic():
        _lock_person(PasswordReset.objects.filter(id=row.id))
        user = _reset(PasswordReset.redeem_link(token, now=now), encoded, now=now)
    if user is None:
        raise _wrong("token")
    return user


def change_password(
    *, user: User, session: Session, current_password: str, new_password: str, now: datetime
) -> None:
    """Change one's own password; every other session ends.

    With two-step sign-in on the old password is not enough (rule 13): raises `ReauthenticationRequired`.
    """
    if user.has_mfa:
        sudo.require(session, now=now)
    throttle.require(limits.LOGIN_ACCOUNT, f"change:{user.id}", now=now)
    is_right = passwords.is_correct(current_password, user.password)
    if not is_right or user.password_reset_required:  # it opens nothing until it is reset by mail
        sentence = _("The current password is not right.")
        raise AuthenticationFailed(
            sentence, reason="invalid_credentials", details={"current_password": [sentence]}
        )
    throttle.clear(limits.LOGIN_ACCOUNT, f"change:{user.id}")
    passwords.require_good(new_password, personal=user.personal_words, field="new_password")
    password_history.require_new(user, new_password, field="new_password")
    encoded = passwords.hash_password(new_password)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        _set_password(user, encoded, by="change", now=now, keep=session)


def set_first_password(*, session: Session, new_password: str, now: datetime) -> None:
    """A person who came in by another door gets a password too; every other session ends.

    Raises `ReauthenticationRequired`; `Conflict` where there is a password, which only its knower may change.
    """
    sudo.require(session, now=now)
    passwords.require_good(new_password, personal=session.user.personal_words, field="new_password")
    encoded = passwords.hash_password(new_password)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        if user.has_password:
            raise Conflict(
                _("You have a password already. Change it with the current one."), reason="has_password"
            )
        _set_password(user, encoded, by="first", now=now, keep=session)


def _requested(user: User | None, address: str) -> PasswordResetRequested:
    target_id = str(user.id) if user else ""
    return PasswordResetRequested(
        actor_type="anonymous", target_type="user", target_id=target_id, email=address
    )


def _lock_person(rows: "QuerySet[PasswordReset]") -> None:
    """The person before the code, as everywhere: those who reset and those who disown would wait for each other."""
    people = rows.values("user_id")
    list(User.objects.select_for_update(no_key=True).filter(id__in=people).order_by("id"))


def _reset(row: PasswordReset | None, encoded: str, *, now: datetime) -> User | None:
    """Set the password of the reset's user, unless the address left the account since the mail."""
    user = (
        User.objects.select_for_update(no_key=True).filter(id=row.user_id, status=User.Status.ACTIVE).first()
        if row and row.user_id
        else None
    )
    if row is None or user is None or not addresses.is_of(user, row.email):
        audit.record(MailedSecretRefused(actor_type="anonymous", result="failure", kind="password_reset"))
        return None
    if user.email == row.email:
        user.email_verified = True  # the mail arrived: whoever resets reads this mailbox
        claiming.note_proof(user, row.email, now=now)
    # Only those that this mailbox got: an address that a stranger added does not void the owner's.
    SignInAlarm.objects.live(now).filter(user=user, email=row.email).update(used_at=now)
    _set_password(user, encoded, by="reset", now=now, keep=None)
    return user


def _set_password(user: User, encoded: str, *, by: str, now: datetime, keep: Session | None) -> None:
    """The password, and with it the end of everything an attacker may still hold."""
    password_history.remember(user, now=now)
    user.password, user.password_changed_at, user.updated_at = encoded, now, now
    user.password_reset_required = False
    user.save(
        update_fields=[
            "password",
            "password_changed_at",
            "password_reset_required",
            "updated_at",
            "email_verified",
        ]
    )
    PasswordReset.objects.live(now).filter(user=user).update(used_at=now)
    EmailVerification.objects.live(now).filter(user=user).update(used_at=now)
    SignInCode.objects.live(now).filter(user=user).update(used_at=now)
    SignUp.objects.live(now).filter(email=user.email).update(used_at=now)
    forgot_url = f"{settings.JANUA.base_url}/password/forgot"
    mail.send(
        "password_changed",
        user.email,
        {"forgot_url": forgot_url, **mailed.circumstances(now)},
        locale=user.locale,
    )
    sessions.end_all(user, reason="password_changed", now=now, keep=keep)
    devices.end_trust(user=user, now=now)
    audit.record(
        PasswordChanged(
            actor_type="user", actor_id=user.id, target_type="user", target_id=str(user.id), by=by
        )
    )


def _require_good(row: PasswordReset, password: str) -> None:
    """The rules, with what only the owner of the mailbox may learn: names, and which passwords there were."""
    user = User.objects.find_by_email(row.email)
    personal = user.personal_words if user else (row.email,)
    passwords.require_good(password, personal=personal, field="new_password")
    if user:
        password_history.require_new(user, password, field="new_password")


def _wrong(field: str) -> ValidationFailed:
    """The same sentence for a code or link that is wrong, used or expired."""
    sentence = _("This code or link is wrong, was used before, or has expired. Ask for a new one.")
    return ValidationFailed(sentence, reason=f"invalid_{field}", details={field: [sentence]})
