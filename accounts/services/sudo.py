"""Sudo mode: sensitive acts ask for a proof at most 15 minutes old (rule 13).

It belongs to one session and never goes over into tokens. A sign-in by password opens it; one by a link or code
out of a mailbox does not.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import passwords
from accounts.events import SudoConfirmed
from accounts.models import Session
from accounts.services import sessions
from audit import services as audit
from core import limits, throttle
from core.errors import AuthenticationFailed, ReauthenticationRequired


def is_open(session: Session, *, now: datetime) -> bool:
    return session.sudo_until is not None and now < session.sudo_until


def require(session: Session, *, now: datetime) -> None:
    """The first line of every sensitive service; raises `ReauthenticationRequired`."""
    if not is_open(session, now=now):
        raise ReauthenticationRequired(
            _("Confirm that it is you, then try again."),
            max_age_seconds=int(sessions.SUDO_LIFETIME.total_seconds()),
        )


def confirm_with_password(session: Session, password: str, *, now: datetime) -> sessions.NewSession:
    """Open sudo mode with the password; the session's cookie is renewed. Raises `AuthenticationFailed`."""
    key = f"sudo:{session.user_id}"
    throttle.require(limits.LOGIN_ACCOUNT, key, now=now)
    if not passwords.is_correct(password, session.user.password):
        with transaction.atomic():
            audit.record(_confirmed(session, by="password", is_failure=True))
        sentence = _("The password is not right.")
        raise AuthenticationFailed(sentence, reason="invalid_credentials", details={"password": [sentence]})
    throttle.clear(limits.LOGIN_ACCOUNT, key)
    return open_for(session, by="password", now=now)


def open_for(session: Session, *, by: str, now: datetime) -> sessions.NewSession:
    """The person proved to be it once more."""
    with transaction.atomic():
        session.sudo_until = now + sessions.SUDO_LIFETIME
        session.save(update_fields=["sudo_until"])
        renewed = sessions.renew_secret(session)
        audit.record(_confirmed(session, by=by))
    return renewed


def _confirmed(session: Session, *, by: str, is_failure: bool = False) -> SudoConfirmed:
    return SudoConfirmed(
        actor_type="user",
        actor_id=session.user_id,
        target_type="session",
        target_id=str(session.id),
        result="failure" if is_failure else "success",
        by=by,
    )
