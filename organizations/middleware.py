"""The page for whoever belongs to an organization and is signed in otherwise than it asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from accounts import levels
from accounts.http import user_of
from organizations.errors import EntryRefused, Lack


class EntryMiddleware:
    """Answers `EntryRefused` of any page with the reason, and the way to meet it. Of the API, the API's own handler does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, EntryRefused):
            return None
        facts = {
            "refused": exception.detail,
            "lack": exception.lack.value,
            "way_url": _way(request, exception.lack),
        }
        return render(request, "organizations/refused.html", facts, status=exception.status)


def _way(request: HttpRequest, lack: Lack) -> str:
    """Where the person does what is asked and comes back from; nothing where only another network helps."""
    user, back = user_of(request), request.path
    if lack == Lack.NETWORK or user is None:
        return ""
    if lack != Lack.FACTOR:
        return f"/login?{urlencode({'another': '1', 'next': back})}"
    path = "/account/confirm" if user.has_mfa else "/account/security"
    return f"{path}?{urlencode({'next': back, 'level': levels.TWO_FACTORS})}"
