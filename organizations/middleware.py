"""What is done around every request about an organization: refusals in words, and a trace of denied ones."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from accounts import levels
from accounts.http import user_of
from core import clock, context
from organizations.errors import EntryRefused, Lack
from organizations.services import denials

OF_ONE = ("/organizations/", "/api/v1/organizations/")
log = structlog.get_logger("janua.organizations")


class DenialMiddleware:
    """Has whoever named an organization of others written down, once the answer is on its way: 404 as for what is not
    there, and to the stranger just as fast."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.path_info.startswith(OF_ONE):
            named = _named(request)
            if named:
                known = context.current()
                # Django calls these when the server has sent the body; the context has gone by then.
                closers = response._resource_closers  # type: ignore[attr-defined]  # not in the stubs
                closers.append(lambda: _note(known, named))
        return response


def _named(request: HttpRequest) -> UUID | str | None:
    """The id or slug in the address."""
    asked = request.resolver_match.kwargs if request.resolver_match else {}
    named: UUID | str | None = asked.get("organization_id") or asked.get("slug")
    return named


def _note(known: context.RequestContext, named: UUID | str) -> None:
    """The answer is out: what fails here may only be told in the log."""
    try:
        with context.request_context(known):
            denials.note(named, now=clock.now())
    except Exception:
        log.exception("denial_not_recorded", request_id=known.request_id)


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
