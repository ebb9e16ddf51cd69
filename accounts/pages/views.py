"""/account/password of the person who is signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.http import required_session
from accounts.pages.forms import PasswordForm
from accounts.services import recovery
from core import clock
from core.errors import DomainError, RateLimited


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("current_password", "new_password")
def password(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    form = PasswordForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            recovery.change_password(user=session.user, session=session, **form.cleaned_data, now=clock.now())
        except DomainError as error:
            _put_on_form(form, error)
            status = 429 if isinstance(error, RateLimited) else 422
        else:
            messages.success(request, _("Your password is changed, and every other device is signed out."))
            return HttpResponseRedirect("/account/password", status=303)
    return render(
        request,
        "account/password.html",
        {"form": form},
        status=status if not form.errors else max(status, 422),
    )


def _put_on_form(form: PasswordForm, error: DomainError) -> None:
    for field, sentences in (error.details or {"": [error.detail]}).items():
        form.add_error(field if field in form.fields else None, sentences)
