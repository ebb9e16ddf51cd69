"""/account/security/sms and /email: codes by SMS and mail are set up, in two steps."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import needs_sudo, required_session
from accounts.pages.address_forms import PhoneForm
from accounts.pages.refusals import put_on_form
from core import clock, sms
from core.errors import DomainError, NotFound
from mfa import codes
from mfa.methods import Method
from mfa.models import Factor
from mfa.pages.apps import enter_lifted
from mfa.pages.forms import FirstCodeForm
from mfa.pages.security import HOME, onward
from mfa.services import sent_codes, set_ups


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def add_sms(request: HttpRequest) -> HttpResponse:
    """Which number. Only the button sends anything."""
    session = required_session(request)
    is_sent = request.method == "POST"
    form = PhoneForm(request.POST if is_sent else None, initial={"phone_number": session.user.phone_number})
    return _begin(
        request,
        form,
        "account/security/sms_add.html",
        lambda: sent_codes.begin_sms(session=session, **form.cleaned_data, now=clock.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def add_email(request: HttpRequest) -> HttpResponse:
    """Only a button: the address is the account's."""
    session = required_session(request)
    form = forms.Form(request.POST if request.method == "POST" else None)
    return _begin(
        request,
        form,
        "account/security/email_add.html",
        lambda: sent_codes.begin_email(session=session, now=clock.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def confirm(request: HttpRequest, factor_id: UUID) -> HttpResponse:
    """Enter the code that was sent, or have a new one sent."""
    session, now = required_session(request), clock.now()
    waiting = set_ups.find_waiting(session.user, factor_id, now=now)
    if waiting is None or waiting.method not in (Method.SMS, Method.EMAIL):
        messages.warning(request, _("This set-up is over. Begin again."))
        return HttpResponseRedirect(HOME, status=303)
    is_again = "resend" in request.POST
    form = FirstCodeForm(request.POST if request.method == "POST" and not is_again else None)
    try:
        if is_again:
            waiting = sent_codes.begin_again(waiting, session=session, now=now)
            messages.success(request, _("A new code is on its way."))
            return HttpResponseRedirect(onward(request, _path(waiting)), status=303)
        if not form.is_valid():
            return _confirm_page(request, waiting, form, status=422 if form.is_bound else 200)
        code = codes.canonical(form.cleaned_data["code"])
        return enter_lifted(
            request, set_ups.confirm(session=session, factor_id=factor_id, code=code, now=now)
        )
    except NotFound as error:  # another tab was faster
        messages.warning(request, error.detail)
        return HttpResponseRedirect(HOME, status=303)
    except DomainError as error:
        form = form if form.is_bound else FirstCodeForm({})
        return _confirm_page(request, waiting, form, status=put_on_form(form, error))


def _begin(
    request: HttpRequest, form: forms.Form, template: str, begin: Callable[[], Factor]
) -> HttpResponse:
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(onward(request, _path(begin())), status=303)
        except DomainError as error:
            status = put_on_form(form, error)
    status = 422 if form.errors and status == 200 else status
    facts = {"form": form, "is_available": sms.is_available(), "email": required_session(request).user.email}
    return render(request, template, facts, status=status)


def _confirm_page(request: HttpRequest, waiting: Factor, form: FirstCodeForm, *, status: int) -> HttpResponse:
    facts = {
        "form": form,
        "destination": sent_codes.destination_of(waiting),
        "back_url": onward(request, f"{HOME}/{waiting.method}"),
    }
    return render(request, "account/security/sent_confirm.html", facts, status=status)


def _path(waiting: Factor) -> str:
    return f"{HOME}/sent/{waiting.id}"
