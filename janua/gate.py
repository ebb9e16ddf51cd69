"""The gate: every request passes the policy table before its view."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import levels
from accounts.http import session_of
from accounts.services import detours
from admin_panel import access
from core import clock, pages
from core.policy import Credential
from janua.policies import OPEN_ON_DETOURS, OPEN_TO_SET_UP, policy_of


class PolicyMiddleware:
    """Opens a route to the credentials its policy names; a route without a policy stays shut."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = policy_of(request)
        if policy is None or not policy.is_cacheable:
            response.setdefault("Cache-Control", "no-store")
            if policy is None or policy.is_csrf_checked:
                patch_vary_headers(response, ("Cookie",))
        if response.status_code == 405 and not response.content:
            return _method_not_allowed(request, response)
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        policy = policy_of(request)
        if policy is None:
            return pages.refusal(request, 403, _("This route is not open to anybody."))
        if Credential.OPERATOR in policy.accepts and not access.is_operator(session_of(request)):
            return access.denied(request)
        if Credential.OPERATOR in policy.accepts and (way := _way_of_operator(request)):
            return way
        if Credential.SESSION in policy.accepts:
            return _before_a_page_of_ones_own(request)
        return None


def _way_of_operator(request: HttpRequest) -> HttpResponse | None:
    """To the second factor first, where operators must have one."""
    session = session_of(request)
    path = access.needs_factor(session, now=clock.now()) if session else ""
    query = urlencode({"next": request.get_full_path(), "level": levels.TWO_FACTORS})
    return HttpResponseRedirect(f"{path}?{query}", status=303) if path else None


def _before_a_page_of_ones_own(request: HttpRequest) -> HttpResponse | None:
    """To the sign-in, or to what the person has to see first."""
    session, match = session_of(request), request.resolver_match
    query = urlencode({"next": request.get_full_path()})
    if session is None:
        return HttpResponseRedirect(f"/login?{query}")
    if match and match.view_name in OPEN_ON_DETOURS:
        return None
    detour = detours.find(session, now=clock.now())
    if detour == detours.SECURITY and match and match.view_name in OPEN_TO_SET_UP:
        return None
    return HttpResponseRedirect(f"{detour}?{query}", status=303) if detour else None


def _method_not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    refused = pages.refusal(request, 405, _("This address does not answer that method."))
    refused["Allow"] = response.get("Allow", "")
    return refused
