"""/account/security: two-step sign-in at a glance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts import two_step
from accounts.http import required_session
from core import clock
from core.paths import safe_next
from mfa.methods import Method
from mfa.services import factors
from mfa.shown import status_of

HOME = "/account/security"


def next_of(request: HttpRequest) -> str:
    """Where an application or a detour sent the person here from; each step of a set-up carries it in its address."""
    return safe_next(request.GET.get("next", ""))


def onward(request: HttpRequest, path: str) -> str:
    """The next step's address, with the way on."""
    next_path = next_of(request)
    return f"{path}?{urlencode({'next': next_path})}" if next_path else path


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """On or off, by what, and how to add, change and remove it."""
    user, now = required_session(request).user, clock.now()
    facts = {
        "status": status_of(user),
        "next": next_of(request),
        "offered": {method.value: factors.is_offered(method) for method in Method},
        "due_at": two_step.due_at(user),
        "is_overdue": two_step.is_overdue(user, now=now),
    }
    return render(request, "account/security/home.html", facts)
