"""Sudo mode: sensitive acts ask for a proof at most 15 minutes old (rule 13).

It belongs to one session and never goes over into tokens. A sign-in by password opens it; one by a link or code
out of a mailbox does not. Who has no password confirms with a code mailed for this very session.
"""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import levels, passwords
from accounts.events import SudoCodeSent, SudoConfirmed
from accounts.models import Session, SudoCode, User
from accounts.services import mailed, sessions
from audit import services as audit
from core import limits, throttle
from core.errors import AuthenticationFailed, Conflict, ReauthenticationRequired, ValidationFailed


class Way(StrEnum):
    """How a person confirms."""

    PASSWORD = "password"
    MAILED_CODE = "mailed_code"


def way_of(user: User) -> Way:
    """A password that has to be replaced proves nothing any more."""
    may_prove = user.has_password and not user.password_reset_required
    return Way.PASSWORD if may_prove else Way.MAILED_CODE


def is_open(session: Session, *, now: datetime) -> bool:
    return session.sudo_until is not None and now < session.sudo_until


def require(session: Session, *, now: datetime) -> None:
    """The first line of every sensitive service; raises `ReauthenticationRequired`."""
    if not is_open(session, now=now):
        raise _not_proven(session.user)


def lock_person(session: Session, *, now: datetime) -> User:
    """The session's person, locked, if the session still lives. For acts that leave a way in, inside their transaction.

    Whoever was locked out since the request began, by a reset, "This wasn't me" or a revert, leaves nothing behind:
    those end the sessions under the same lock. Raises `ReauthenticationRequired`.
    """
    user = User.objects.select_for_update(no_key=True).get(id=session.user_id)
    if not Session.objects.alive(now).filter(id=session.id).exists():
        raise _not_proven(user)
    return user


def _not_proven(user: User) -> ReauthenticationRequired:
    return ReauthenticationRequired(
        _("Confirm that it is you, then try again."),
        max_age_seconds=int(sessions.SUDO_LIFETIME.total_seconds()),
        acr_values=levels.TWO_FACTORS if user.has_mfa else "",
    )


def confirm_with_password(session: Session, password: str, *, now: datetime) -> sessions.NewSession:
    """Open sudo mode with the password; the session's cookie is renewed. Raises `AuthenticationFailed`."""
    key = f"sudo:{session.user_id}"
    throttle.require(limits.LOGIN_ACCOUNT, key, now=now)
    is_right = passwords.is_correct(password, session.user.password)
    if not is_right or way_of(session.user) is not Way.PASSWORD:
        _record_failure(session, by=Way.PASSWORD)
        sentence = _("The password is not right.")
        raise AuthenticationFailed(sentence, reason="invalid_credentials", details={"password": [sentence]})
    throttle.clear(limits.LOGIN_ACCOUNT, key)
    return open_for(session, by=Way.PASSWORD, now=now)


def send_code(session: Session, *, now: datetime) -> None:
    """Mail a code that opens sudo mode of this session; the ones before work no more.

    Raises `Conflict` for people with a password: they confirm with that.
    """
    user = session.user
    if way_of(user) is not Way.MAILED_CODE:
        raise Conflict(_("Confirm with your password."), reason="password_required")
    throttle.require(limits.MAIL_ADDRESS, user.email, now=now)
    with transaction.atomic():
        SudoCode.objects.live(now).filter(session=session).update(used_at=now)
        letter = mailed.Letter("confirm_code", "/account/confirm", user.locale)
        mailed.issue(SudoCode(session=session, email=user.email), letter, now=now)
        audit.record(
            SudoCodeSent(
                actor_type="user", actor_id=user.id, target_type="session", target_id=str(session.id)
            )
        )


def confirm_with_code(session: Session, code: str, *, now: datetime) -> sessions.NewSession:
    """Open sudo mode with the mailed code; the session's cookie is renewed. Raises `ValidationFailed`."""
    user = session.user
    throttle.require(limits.CODE_ADDRESS, str(user.id), now=now)
    with transaction.atomic():
        # Whoever chose a password meanwhile confirms with that; whoever changed the address gets a new code.
        rows = SudoCode.objects.filter(session=session, email=user.email)
        is_right = way_of(user) is Way.MAILED_CODE and SudoCode.redeem_code(rows, code, now=now) is not None
    if not is_right:
        _record_failure(session, by=Way.MAILED_CODE)
        sentence = _("This code is wrong, was used before, or has expired. Ask for a new one.")
        raise ValidationFailed(sentence, reason="invalid_code", details={"code": [sentence]})
    throttle.clear(limits.CODE_ADDRESS, str(user.id))
    return open_for(session, by=Way.MAILED_CODE, now=now)


def open_for(
    session: Session, *, by: str, factor: tuple[str, ...] = (), now: datetime
) -> sessions.NewSession:
    """The person proved to be it once more. A second factor (its `amr`) lifts the session to its level."""
    with transaction.atomic():
        if factor:
            session.amr = list(levels.with_factor(session.amr, factor))
            session.acr = levels.of(session.amr)
        session.sudo_until = now + sessions.SUDO_LIFETIME
        session.save(update_fields=["amr", "acr", "sudo_until"])
        renewed = sessions.renew_secret(session)
        audit.record(_confirmed(session, by=by))
    return renewed


@transaction.atomic
def _record_failure(session: Session, *, by: str) -> None:
    audit.record(_confirmed(session, by=by, is_failure=True))


def _confirmed(session: Session, *, by: str, is_failure: bool = False) -> SudoConfirmed:
    return SudoConfirmed(
        actor_type="user",
        actor_id=session.user_id,
        target_type="session",
        target_id=str(session.id),
        result="failure" if is_failure else "success",
        by=by,
    )
