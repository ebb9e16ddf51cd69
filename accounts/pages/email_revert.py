"""/email/revert: the owner of the old address takes a change back, signed in or not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.services import primary_email
from core import clock
from core.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
def revert(request: HttpRequest) -> HttpResponse:
    """Opening the mailed link shows what it would do; only the button does it."""
    token = request.GET.get("token", "")
    status, user, found = 200, None, primary_email.find_revert(token, now=clock.now())
    if request.method == "POST":
        try:
            user = primary_email.revert(token, now=clock.now())
        except DomainError:
            found = None
    if found is None:
        status = 422 if request.method == "POST" else 404
        facts = {
            "icon": "alert",
            "heading": _("This link does not work any more"),
            "text": _("It was used before, has expired, or was not copied whole. Nothing was changed."),
            "action_url": "/password/forgot",
            "action_label": _("Reset your password"),
        }
        response = render(request, "login/done.html", facts, status=status)
    elif user is not None:
        facts = {
            "heading": _("Your address is back"),
            "text": _("Everybody is signed out. We sent you a mail with which you choose a new password."),
            "action_url": "/login",
            "action_label": _("Continue to sign in"),
        }
        response = render(request, "login/done.html", facts)
    else:
        response = render(request, "account/email_revert.html", {"email": found.email})
    response["Referrer-Policy"] = "strict-origin"  # the address holds a token
    return response
