"""/account/security: two-step sign-in at a glance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import required_session
from mfa.shown import status_of

HOME = "/account/security"


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """On or off, by what, and how to add, change and remove it."""
    return render(
        request, "account/security/home.html", {"status": status_of(required_session(request).user)}
    )
