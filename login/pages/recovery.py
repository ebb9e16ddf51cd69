"""/password/forgot and /password/reset."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import emails
from accounts.services import recovery
from core import clock
from core.errors import DomainError
from login.pages import brands
from login.pages.flow import (
    Flow,
    forget_flow,
    next_of,
    page,
    read_flow,
    refuse,
    secret_in_address,
    with_next,
    write_flow,
)
from login.pages.forms import ForgotForm, ResetByCodeForm, ResetByLinkForm


@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a reset code. The next page is the same for every address."""
    next_path = next_of(request)
    form = ForgotForm(request.POST or None, initial={"next": next_path})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            with brands.on_mails(request):
                recovery.request_reset(form.cleaned_data["email"], now=clock.now())
        except DomainError as error:
            status = refuse(form, error)
        else:
            flow = Flow(
                email=emails.canonical(form.cleaned_data["email"]),
                next=next_path,
                organization=brands.slug_of(request),
            )
            return write_flow(HttpResponseRedirect("/password/reset", status=303), flow)
    return page(request, "login/forgot.html", form, {}, next_path=next_path, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("new_password")
def reset(request: HttpRequest) -> HttpResponse:
    """Choose a new password, by the mailed code or by the mailed link. It gives no session: sign in next."""
    token = request.GET.get("token", "")
    flow = read_flow(request)
    if not token and (flow is None or not flow.email):  # a login that waits for a second factor has none
        return HttpResponseRedirect("/password/forgot")
    form = (ResetByLinkForm if token else ResetByCodeForm)(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _reset(token, flow, form.cleaned_data)
        except DomainError as error:
            status = refuse(form, error)
        else:
            return _done(request, flow)
    facts = {
        "via_link": bool(token),
        "email": flow.email if flow else "",
        "is_required": flow is not None and flow.is_required,
    }
    return secret_in_address(page(request, "login/reset.html", form, facts, status=status))


def _reset(token: str, flow: Flow | None, data: dict[str, str]) -> None:
    if token:
        recovery.reset_by_link(token, data["new_password"], now=clock.now())
    elif flow:
        recovery.reset_by_code(flow.email, data["code"], data["new_password"], now=clock.now())


def _done(request: HttpRequest, flow: Flow | None) -> HttpResponse:
    facts = {
        "heading": _("Your password is changed"),
        "text": _("Every device was signed out. Sign in with the new password."),
        "action_url": with_next("/login", flow.next if flow else ""),
        "action_label": _("Continue to sign in"),
    }
    return forget_flow(render(request, "login/done.html", facts))
