"""The door of those who have just proven their mailbox."""

from datetime import datetime

from accounts.models import Session, User
from login.attempts import Attempt
from login.devices import KnownDevice
from login.outcomes import Outcome
from login.services import path


def with_proven_mailbox(user: User, *, device: KnownDevice | None, level: str = "", now: datetime) -> Outcome:
    """Go on after the code of a sign-up, in the browser where the password was typed minutes ago."""
    attempt = Attempt(
        user=user,
        amr=("pwd",),
        kind=Session.Kind.BROWSER,
        keep=False,
        device=device,
        now=now,
        level=level,
    )
    return path.mail_what_is_missing(path.advance(attempt, door="sign_up"), user, now=now)
