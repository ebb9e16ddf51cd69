"""/account/phone: the phone number of the person who is signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import phones
from accounts.http import needs_sudo, required_session
from accounts.pages.address_forms import CodeForm, PhoneForm
from accounts.pages.refusals import put_on_form
from accounts.services import phone_numbers
from core import clock, sms
from core.errors import DomainError, NotFound

PAGE = "/account/phone"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def phone(request: HttpRequest) -> HttpResponse:
    """See, set and remove one's number."""
    session = required_session(request)
    if "remove" in request.POST:
        return _remove(request)
    form = PhoneForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            phone_numbers.send_code(session=session, **form.cleaned_data, now=clock.now())
        except DomainError as error:
            status = put_on_form(form, error)
        else:
            return HttpResponseRedirect(f"{PAGE}/verify", status=303)
    facts = {
        "form": form,
        "number": phones.shown(session.user.phone_number),
        "is_verified": session.user.phone_number_verified,
        "waiting": phone_numbers.find_waiting(session.user, now=clock.now()),
        "is_available": sms.is_available(),
    }
    return render(
        request, "account/phone.html", facts, status=422 if form.errors and status == 200 else status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def phone_verify(request: HttpRequest) -> HttpResponse:
    """Enter the code of the SMS, or ask for a new one."""
    session = required_session(request)
    waiting = phone_numbers.find_waiting(session.user, now=clock.now())
    if waiting is None:
        return HttpResponseRedirect(PAGE, status=303)
    is_again = "resend" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not is_again else None)
    status = 200
    try:
        if is_again:
            phone_numbers.send_code(session=session, phone_number=waiting.phone_number, now=clock.now())
            messages.success(request, _("A new code is on its way."))
            return HttpResponseRedirect(request.path, status=303)
        if form.is_valid():
            phone_numbers.verify(session=session, code=form.cleaned_data["code"], now=clock.now())
            messages.success(request, _("Your phone number is confirmed."))
            return HttpResponseRedirect(PAGE, status=303)
    except DomainError as error:
        form = form if form.is_bound else CodeForm({})
        status = put_on_form(form, error)
    facts = {"form": form, "number": phones.shown(waiting.phone_number)}
    status = 422 if form.errors and status == 200 else status
    return render(request, "account/phone_verify.html", facts, status=status)


def _remove(request: HttpRequest) -> HttpResponse:
    try:
        phone_numbers.remove(session=required_session(request), now=clock.now())
    except NotFound as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("Your phone number is removed."))
    return HttpResponseRedirect(PAGE, status=303)
