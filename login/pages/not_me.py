"""/not-me: the link of the mail about a new device. It locks everybody out, and the owner back in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import forget_session_cookie
from accounts.services import alarms
from core import clock
from core.errors import DomainError
from login.pages.flow import Flow, page, refuse, secret_in_address, write_flow
from login.pages.forms import ConfirmForm


@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest) -> HttpResponse:
    """GET shows what will happen (mail scanners fetch links), POST does it, signed in or not."""
    form = ConfirmForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            email = alarms.disown(request.GET.get("token", ""), now=clock.now())
        except DomainError as error:
            status = refuse(form, error)
        else:
            return _locked(request, email)
    return secret_in_address(page(request, "login/not_me.html", form, {}, status=status))


def _locked(request: HttpRequest, email: str) -> HttpResponse:
    """On to the new password, with the code that is on its way."""
    if email:
        messages.success(request, _("Every device is signed out, and the old password works no more."))
        response: HttpResponse = HttpResponseRedirect("/password/reset", status=303)
        write_flow(response, Flow(email=email))
    else:
        facts = {
            "heading": _("Every device is signed out"),
            "text": _(
                "The old password works no more. The account has another address now: if you did not "
                "change it, ask the people who run this service."
            ),
            "action_url": "/login",
            "action_label": _("Go to sign in"),
        }
        response = render(request, "login/done.html", facts)
    forget_session_cookie(response)
    return response
