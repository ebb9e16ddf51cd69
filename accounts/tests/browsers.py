"""A browser in which somebody is signed in, without the pages in between."""

from datetime import datetime

from django.conf import settings
from django.test import Client

from accounts.models import Session, User
from accounts.services import sessions
from core import clock


def signed_in(user: User, *, enforce_csrf_checks: bool = False, auth_time: datetime | None = None) -> Client:
    """A browser of `user`, who proved the password at `auth_time` (now)."""
    browser = Client(enforce_csrf_checks=enforce_csrf_checks)
    enter(browser, user, auth_time=auth_time)
    return browser


def proven(user: User, *, at: datetime | None = None) -> Session:
    """A session of `user`, who proved the password at that moment (now): sudo is open for 15 minutes."""
    now = at or clock.now()
    proof = sessions.Proof(amr=("pwd",), auth_time=now)
    return sessions.start_session(user, proof, kind=Session.Kind.API, keep=False, now=now).session


def enter(browser: Client, user: User, *, auth_time: datetime | None = None) -> Session:
    """Sign `user` in, in this browser."""
    now = clock.now()
    proof = sessions.Proof(amr=("pwd",), auth_time=auth_time or now)
    new = sessions.start_session(user, proof, kind=Session.Kind.BROWSER, keep=False, now=now)
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    return new.session
