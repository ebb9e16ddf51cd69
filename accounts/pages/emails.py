"""/account/emails: the addresses of the person who is signed in."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import needs_sudo, required_session
from accounts.pages.address_forms import CodeForm, EmailForm
from accounts.pages.refusals import put_on_form
from accounts.services import addresses, email_additions, primary_email
from core import clock
from core.errors import DomainError, NotFound

LIST = "/account/emails"


@require_http_methods(["GET", "HEAD", "POST"])
def emails(request: HttpRequest) -> HttpResponse:
    """The list for everybody who is signed in; what changes it asks for a fresh proof."""
    if request.method == "POST":
        return _act(request)
    found = addresses.all_of(required_session(request).user, now=clock.now())
    facts = {"addresses": found, "is_full": len(found) >= email_additions.MAX_ADDRESSES}
    return render(request, "account/emails.html", facts)


@needs_sudo
def _act(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    try:
        if "make_primary" in request.POST:
            email_id = _as_uuid(request.POST["make_primary"])
            primary_email.make_primary(session=session, email_id=email_id, now=clock.now())
            messages.success(request, _("This is your main address now. We told the old one."))
        elif "remove" in request.POST:
            email_id = _as_uuid(request.POST["remove"])
            primary_email.remove(session=session, email_id=email_id, now=clock.now())
            messages.success(request, _("The address is removed."))
    except DomainError as error:
        messages.error(request, error.detail)
    return HttpResponseRedirect(LIST, status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def add(request: HttpRequest) -> HttpResponse:
    """Ask for a code to a new address. The next page is the same whether or not somebody has it."""
    form = EmailForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            row = email_additions.request(
                session=required_session(request), **form.cleaned_data, now=clock.now()
            )
        except DomainError as error:
            status = put_on_form(form, error)
        else:
            return HttpResponseRedirect(f"{LIST}/verify/{row.id}", status=303)
    return _form_page(request, "account/email_add.html", form, status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def verify(request: HttpRequest, addition_id: UUID) -> HttpResponse:
    """Enter the mailed code, or ask for a new one."""
    session = required_session(request)
    form = CodeForm(request.POST if request.method == "POST" and "resend" not in request.POST else None)
    status = 200
    try:
        row = email_additions.get_waiting(session.user, addition_id, now=clock.now())
        if "resend" in request.POST:
            email_additions.send_again(session=session, addition_id=addition_id, now=clock.now())
            messages.success(request, _("A new code is on its way."))
            return HttpResponseRedirect(request.path, status=303)
        if form.is_valid():
            email_additions.prove_by_code(
                session=session, addition_id=addition_id, code=form.cleaned_data["code"], now=clock.now()
            )
            return _added(request)
    except NotFound as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(LIST, status=303)
    except DomainError as error:
        form = form if form.is_bound else CodeForm({})
        status = put_on_form(form, error)
    return _form_page(request, "account/email_verify.html", form, status, email=row.email)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def link(request: HttpRequest) -> HttpResponse:
    """The mailed link: opening it shows a button, for mail scanners open links; only the button acts."""
    form = forms.Form(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        token = request.GET.get("token", "")
        try:
            email_additions.prove_by_link(session=required_session(request), token=token, now=clock.now())
        except DomainError as error:
            status = put_on_form(form, error)
        else:
            return _added(request)
    response = _form_page(request, "account/email_link.html", form, status)
    response["Referrer-Policy"] = "strict-origin"  # the address holds a token
    return response


def _added(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("The address is confirmed."))
    return HttpResponseRedirect(LIST, status=303)


def _form_page(
    request: HttpRequest, template: str, form: forms.Form, status: int, **facts: object
) -> HttpResponse:
    status = 422 if form.errors and status == 200 else status
    return render(request, template, {"form": form, **facts}, status=status)


def _as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("This address is not on your account.")) from None
