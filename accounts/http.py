"""The session of a browser request: what accounts.middleware found, typed."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from rest_framework.request import Request

from accounts.models import Session, User
from accounts.services import sudo
from accounts.services.sessions import NewSession
from core import clock, cookies

PageView = Callable[..., HttpResponse]


def session_of(request: HttpRequest) -> Session | None:
    """The living session of the request's cookie."""
    session: Session | None = getattr(request, "current_session", None)
    return session


def user_of(request: HttpRequest) -> User | None:
    session = session_of(request)
    return session.user if session else None


def api_user(request: Request) -> User:
    """The person of an API request that the policy table opens to bearer tokens only."""
    if not isinstance(request.user, User):
        raise PermissionError("the gate let a request without an access token through")
    return request.user


def api_session(request: Request) -> Session:
    """The session behind the access token of such a request; it has its user loaded."""
    session = getattr(request.auth, "session", None)
    if not isinstance(session, Session):
        raise PermissionError("the gate let a request without an access token through")
    session.user = api_user(request)
    return session


def required_session(request: HttpRequest) -> Session:
    """The session of a page that the policy table opens to signed-in people only."""
    session = session_of(request)
    if session is None:
        raise PermissionError("the gate let a request without a session through")
    return session


def needs_sudo(view: PageView) -> PageView:
    """Decorator for pages of sensitive acts: asks for a fresh proof before anything is typed."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if sudo.is_open(required_session(request), now=clock.now()):
            return view(request, *args, **kwargs)
        return to_confirm(request)

    guarded.needs_sudo = True  # type: ignore[attr-defined]
    return guarded


def to_confirm(request: HttpRequest) -> HttpResponse:
    """Off to /account/confirm, and back here."""
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"/account/confirm?{query}", status=303)


def set_session_cookie(response: HttpResponse, new: NewSession, *, keep: bool, now: datetime) -> None:
    """Hand the session's secret to the browser; without `keep` it goes with the browser's window."""
    seconds = (new.session.expires_at - now).total_seconds() if keep else None
    cookies.keep(response, settings.SESSION_COOKIE_NAME, new.secret, seconds=seconds)


def forget_session_cookie(response: HttpResponse) -> None:
    cookies.forget(response, settings.SESSION_COOKIE_NAME)
