"""/account/password: change it, or set the first one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.http import needs_sudo, required_session
from accounts.pages.forms import FirstPasswordForm, PasswordForm
from accounts.services import recovery
from core import clock
from core.errors import DomainError, RateLimited


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("current_password", "new_password")
def password(request: HttpRequest) -> HttpResponse:
    """Who has a password proves it with the change itself; who has none, or a second factor too, proves to be it before."""
    user = required_session(request).user
    if not user.has_password:
        return _set_first(request)
    return needs_sudo(_change)(request) if user.has_mfa else _change(request)


def _change(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    form = PasswordForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            recovery.change_password(user=session.user, session=session, **form.cleaned_data, now=clock.now())
        except DomainError as error:
            status = _refuse(form, error)
        else:
            return _done(request, _("Your password is changed, and every other device is signed out."))
    return _page(request, form, status)


@needs_sudo
def _set_first(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    form = FirstPasswordForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            recovery.set_first_password(session=session, **form.cleaned_data, now=clock.now())
        except DomainError as error:
            status = _refuse(form, error)
        else:
            return _done(request, _("You have a password now, and every other device is signed out."))
    return _page(request, form, status)


def _page(request: HttpRequest, form: PasswordForm | FirstPasswordForm, status: int) -> HttpResponse:
    status = max(status, 422) if form.errors else status
    return render(request, "account/password.html", {"form": form}, status=status)


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect("/account/password", status=303)


def _refuse(form: PasswordForm | FirstPasswordForm, error: DomainError) -> int:
    """Put the error onto the field it names; the status to answer with."""
    for field, sentences in (error.details or {"": [error.detail]}).items():
        form.add_error(field if field in form.fields else None, sentences)
    return 429 if isinstance(error, RateLimited) else 422
