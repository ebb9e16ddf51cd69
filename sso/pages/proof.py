"""/sso/social/email and …/code: proving the mailbox that a provider could not vouch for."""

from dataclasses import replace

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import Session
from accounts.services import identity_proofs
from core import clock
from core.errors import DomainError
from login import devices
from login.destinations import level_of
from login.outcomes import ChallengeRequired, Refused, SignedIn
from login.pages.enter import go_on
from login.pages.flow import page, refuse
from login.pages.forms import CodeForm, Form
from login.services.federation import Entry, with_proven_mailbox
from sso.pages import cookies
from sso.pages.cookies import Waiting
from sso.pages.doors import refused


class AddressForm(Form):
    email = forms.CharField(
        label=gettext_lazy("Email address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Ask for the address, and mail a code to it."""
    waiting = cookies.waiting_of(request)
    row = identity_proofs.find(waiting.handle, now=clock.now()) if waiting else None
    if waiting is None or row is None:
        return HttpResponseRedirect("/login")
    form = AddressForm(request.POST or None, initial={"email": waiting.email, "next": waiting.next})
    status = 200
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            identity_proofs.send(waiting.handle, email, now=clock.now())
        except DomainError as error:
            status = refuse(form, error)
        else:
            response = HttpResponseRedirect("/sso/social/code", status=303)
            return cookies.wait(response, replace(waiting, email=email))
    facts = {"provider_name": identity_proofs.told_by(row).provider_name}
    return page(request, "sso/email.html", form, facts, next_path=waiting.next, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Enter the mailed code; the right one connects the account and signs in."""
    waiting = cookies.waiting_of(request)
    if waiting is None or identity_proofs.find(waiting.handle, now=clock.now()) is None:
        return HttpResponseRedirect("/login")
    if "resend" in request.POST:
        return _resend(request, waiting)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        entry = Entry(
            kind=Session.Kind.BROWSER, device=devices.device_of(request), level=level_of(waiting.next)
        )
        try:
            outcome = with_proven_mailbox(waiting.handle, form.cleaned_data["code"], entry, now=clock.now())
        except DomainError as error:
            status = refuse(form, error)
        else:
            match outcome:
                case SignedIn() | ChallengeRequired():
                    return cookies.forget_waiting(go_on(request, outcome, waiting.next, keep=False))
                case Refused():
                    return cookies.forget_waiting(refused(request, outcome, waiting.next))
    return _ask(request, form, waiting, status=status)


def _resend(request: HttpRequest, waiting: Waiting) -> HttpResponse:
    notice, status = _("A new code is on its way. The one before no longer works."), 200
    try:
        identity_proofs.send(waiting.handle, waiting.email, now=clock.now())
    except DomainError as error:
        notice, status = error.detail, 429
    return _ask(request, CodeForm(), waiting, notice=notice, status=status)


def _ask(
    request: HttpRequest, form: CodeForm, waiting: Waiting, *, notice: str = "", status: int = 200
) -> HttpResponse:
    facts = {"email": waiting.email, "notice": notice}
    return page(request, "sso/code.html", form, facts, next_path=waiting.next, status=status)
