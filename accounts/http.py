"""The session of a browser request: what accounts.middleware found, typed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from accounts.models import Session, User

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
