"""/login/recover: every second factor is lost. And the link that cancels what begins there."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.errors import AuthenticationFailed, DomainError
from login.models import LoginAttempt
from login.pages.flow import Flow, forget_flow, page, read_flow, refuse, secret_in_address, with_next
from login.pages.forms import CodeForm, ConfirmForm
from login.services import challenge, lost_factor
from mfa import codes
from mfa.methods import Method
from mfa.models import FactorReset
from mfa.services import factors, resets

CODE = "/login/recover/code"


@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """What is left to do: a recovery code, or to wait. The button mails a code."""
    flow, waiting = _waiting(request)
    if flow is None or waiting is None:
        return _back()
    form, status = ConfirmForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        try:
            lost_factor.send_code(flow.attempt, now=clock.now())
        except AuthenticationFailed:
            return _back()
        except DomainError as error:
            status = refuse(form, error)
        else:
            return HttpResponseRedirect(CODE, status=303)
    methods = factors.methods_of(waiting.user, now=clock.now())
    facts = {
        "has_methods": bool(methods),
        "has_recovery_codes": Method.RECOVERY_CODE in methods,
        "reset": resets.waiting_of(waiting.user, now=clock.now()),
        "days": settings.JANUA.factor_reset_days,
    }
    return page(request, "login/recover.html", form, facts, next_path=flow.next, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Enter the mailed code; from then on the days are counted."""
    flow, waiting = _waiting(request)
    if flow is None or waiting is None:
        return _back()
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    try:
        if "resend" in request.POST:
            form = CodeForm()
            lost_factor.send_code(flow.attempt, now=clock.now())
            messages.success(request, _("A new code is on its way. The one before no longer works."))
            return HttpResponseRedirect(CODE, status=303)
        if request.method == "POST" and form.is_valid():
            code = codes.canonical(form.cleaned_data["code"])
            return _begun(request, flow, lost_factor.begin(flow.attempt, code, now=clock.now()))
    except AuthenticationFailed:
        return _back()
    except DomainError as error:
        form = form if form.is_bound else CodeForm({"code": "-"})
        status = refuse(form, error)
    return page(request, "login/recover_code.html", form, {}, next_path=flow.next, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest) -> HttpResponse:
    """The link of a notice: opening it shows a button, only the button acts."""
    token = request.GET.get("token", "")[:128]
    found = resets.find(token, now=clock.now())
    form, is_done = ConfirmForm(request.POST if request.method == "POST" else None), False
    if request.method == "POST" and form.is_valid():
        try:
            resets.cancel(token, now=clock.now())
        except DomainError:
            found = None
        else:
            is_done = True
    if is_done:
        response = render(request, "login/done.html", _kept())
    elif found is None:
        response = render(
            request, "login/done.html", _dead_link(), status=422 if request.method == "POST" else 404
        )
    else:
        response = page(request, "login/recover_cancel.html", form, {"reset": found})
    return secret_in_address(response)


def _waiting(request: HttpRequest) -> tuple[Flow | None, LoginAttempt | None]:
    """The login that waits in this browser for a second factor; who has none has lost none."""
    flow = read_flow(request)
    waiting = challenge.find(flow.attempt, now=clock.now()) if flow else None
    return flow, waiting if waiting and waiting.user.has_mfa else None


def _back() -> HttpResponse:
    """To the challenge, which says what is to do when no login waits any more."""
    return HttpResponseRedirect("/login/challenge", status=303)


def _begun(request: HttpRequest, flow: Flow, reset: FactorReset) -> HttpResponse:
    facts = {
        "reset": reset,
        "is_due": reset.is_due(clock.now()),
        "signin_url": with_next("/login", flow.next),
    }
    return forget_flow(render(request, "login/recover_begun.html", facts))


def _kept() -> dict[str, str]:
    return {
        "heading": _("Your second factors stay"),
        "text": _(
            "Nothing was removed. Whoever asked for it got past the first step of a sign-in: if it was not you, "
            "choose a new password now."
        ),
        "action_url": "/password/forgot",
        "action_label": _("Choose a new password"),
    }


def _dead_link() -> dict[str, str]:
    return {
        "icon": "alert",
        "heading": _("This link does not work any more"),
        "text": _(
            "It was used before, has expired, or was not copied whole. If you can still sign in with a second factor, "
            "do so: that cancels it too."
        ),
        "action_url": "/login",
        "action_label": _("Continue to sign in"),
    }
