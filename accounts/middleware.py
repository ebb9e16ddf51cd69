"""Who is this? Reads the session cookie once per request, against our own session rows."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Session
from accounts.services import sessions
from core import clock, context


class SessionMiddleware:
    """Sets `request.current_session` and `request.user` (which Django's admin and templates expect)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        session = sessions.find_by_secret(secret, now=clock.now()) if secret else None
        request.current_session = session  # type: ignore[attr-defined]
        request.user = session.user if session else AnonymousUser()
        if session:
            context.bind_actor(session_id=session.id, actor_id=session.user_id)
        with timezone.override(_zone_of(session)):
            return self.get_response(request)


def _zone_of(session: Session | None) -> ZoneInfo | None:
    """The time zone that the person reads times in; None is the server's, UTC."""
    name = session.user.timezone if session else ""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None  # a name that the system's own list has no longer
