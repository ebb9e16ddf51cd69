"""The page for whoever belongs to an organization and is signed in otherwise than it asks."""

from collections.abc import Callable
from typing import Any

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
        return render(
            request, "organizations/refused.html", facts_of(request, exception), status=exception.status
        )


def facts_of(request: HttpRequest, refusal: EntryRefused) -> dict[str, Any]:
    """What `organizations/parts/refusal.html` shows."""
    return {"refused": refusal.detail, "lack": refusal.lack.value, "way_url": _way(request, refusal.lack)}


def _way(request: HttpRequest, lack: Lack) -> str:
    """Where the person does what is asked and comes back from; nothing where only another network helps."""
    user, back = user_of(request), request.path
    if lack == Lack.NETWORK or user is None:
        return ""
    if lack != Lack.FACTOR:
        return f"/login?{urlencode({'another': '1', 'next': back})}"
    path = "/account/confirm" if user.has_mfa else "/account/security"
    return f"{path}?{urlencode({'next': back, 'level': levels.TWO_FACTORS})}"
