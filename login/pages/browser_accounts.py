"""The other accounts of a browser: sessions that wait while another one goes on, in a cookie of their own.

The cookie holds the sessions' secrets, so only who holds it can go on with one, and only by choosing it: nothing
here ever signs anybody in by itself. Whoever plants a cookie adds an account to a list.
"""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.http import session_of
from accounts.services import sessions, switching
from accounts.services.sessions import NewSession
from core import cookies

MAX_OTHERS = 5
JOINT = "."  # no secret contains it


def current(request: HttpRequest) -> NewSession | None:
    """The session at hand, with its secret."""
    session = session_of(request)
    return NewSession(session, request.COOKIES[settings.SESSION_COOKIE_NAME]) if session else None


def others(request: HttpRequest, *, now: datetime) -> list[NewSession]:
    """The living sessions that wait, the last used first."""
    secrets = request.COOKIES.get(settings.ACCOUNTS_COOKIE_NAME, "").split(JOINT)[:MAX_OTHERS]
    at_hand = session_of(request)
    wanted = [secret for secret in secrets if len(secret) == sessions.SECRET_LENGTH]
    found = switching.living(wanted, now=now) if wanted else []
    return [held for held in found if at_hand is None or held.session.id != at_hand.id]


def write(response: HttpResponse, waiting: list[NewSession], *, now: datetime) -> None:
    """Remember these sessions; beyond the window only if the person wants each of them kept."""
    ends = [held.session.expires_at for held in waiting]
    is_kept = bool(waiting) and all(held.session.is_kept for held in waiting)
    seconds = (max(ends) - now).total_seconds() if is_kept else None
    value = JOINT.join(held.secret for held in waiting)
    cookies.keep(response, settings.ACCOUNTS_COOKIE_NAME, value, seconds=seconds if waiting else 0)


def make_room(request: HttpRequest, response: HttpResponse, new: NewSession, *, now: datetime) -> None:
    """Somebody signed in. The session before waits; one of the same person ends, and so does one too many."""
    waiting, before = others(request, now=now), current(request)
    of_the_same = [
        held for held in [before, *waiting] if held and held.session.user_id == new.session.user_id
    ]
    waiting = [held for held in waiting if held not in of_the_same]
    if before and before not in of_the_same and (kept := switching.set_aside(before)):
        waiting = [kept, *waiting]
    for held in [*of_the_same, *waiting[MAX_OTHERS:]]:
        sessions.end_session(user=held.session.user, session_id=held.session.id, reason="replaced", now=now)
    if settings.ACCOUNTS_COOKIE_NAME in request.COOKIES or waiting:
        write(response, waiting[:MAX_OTHERS], now=now)
