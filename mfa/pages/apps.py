"""/account/security/app: an authenticator app is set up, in two steps."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import needs_sudo, required_session, set_session_cookie
from accounts.pages.refusals import put_on_form
from core import clock
from core.errors import DomainError, NotFound
from mfa import codes, qr
from mfa.models import Factor
from mfa.pages import recovery_codes
from mfa.pages.forms import FirstCodeForm, NameForm
from mfa.pages.security import HOME, next_of, onward
from mfa.services import set_ups, totp
from mfa.services.enrolment import Enrolled


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def add(request: HttpRequest) -> HttpResponse:
    """What is needed, and a name for it. Only the button makes a seed."""
    form = NameForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            factor = totp.begin(session=required_session(request), **form.cleaned_data, now=clock.now())
        except DomainError as error:
            status = put_on_form(form, error)
        else:
            return HttpResponseRedirect(onward(request, f"{HOME}/app/{factor.id}"), status=303)
    status = 422 if form.errors and status == 200 else status
    return render(request, "account/security/app_add.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def confirm(request: HttpRequest, factor_id: UUID) -> HttpResponse:
    """The QR code and the key, and the first code that comes of them."""
    session, now = required_session(request), clock.now()
    waiting = set_ups.find_waiting(session.user, factor_id, now=now)
    if waiting is None or waiting.method != Factor.Kind.TOTP:
        messages.warning(request, _("This set-up is over. Begin again."))
        return HttpResponseRedirect(HOME, status=303)
    form = FirstCodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, waiting, form, status=422 if form.is_bound else 200)
    code = codes.canonical(form.cleaned_data["code"])
    try:
        enrolled = set_ups.confirm(session=session, factor_id=factor_id, code=code, now=now)
    except NotFound as error:  # another tab was faster
        messages.warning(request, error.detail)
        return HttpResponseRedirect(HOME, status=303)
    except DomainError as error:
        return _page(request, waiting, form, status=put_on_form(form, error))
    return enter_lifted(request, enrolled)


def enter_lifted(request: HttpRequest, enrolled: Enrolled) -> HttpResponse:
    """Hand out the lifted session's new secret; with the first factor show the recovery codes, this once.
    Then on to where the person was going."""
    rotate_token(request)
    response: HttpResponse
    if enrolled.recovery_codes:
        response = recovery_codes.sheet(request, enrolled.recovery_codes, is_first=True)
    else:
        messages.success(request, _("It is set up: you can confirm your sign-ins by it."))
        response = HttpResponseRedirect(next_of(request) or HOME, status=303)
    set_session_cookie(response, enrolled.renewed, keep=required_session(request).is_kept, now=clock.now())
    return response


def _page(request: HttpRequest, waiting: Factor, form: FirstCodeForm, *, status: int) -> HttpResponse:
    uri = totp.uri_of(waiting)
    facts = {"form": form, "uri": uri, "qr": qr.svg_of(uri), "key": totp.in_groups(waiting.seed)}
    return render(request, "account/security/app_confirm.html", facts, status=status)
