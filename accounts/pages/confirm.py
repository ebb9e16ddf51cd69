"""/account/confirm: the fresh proof that sensitive acts ask for (sudo mode)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.http import required_session, set_session_cookie
from accounts.models import Session
from accounts.services import sudo
from accounts.services.sessions import NewSession
from core import clock
from core.errors import DomainError, RateLimited
from core.forms import CodeField
from core.paths import safe_next

HOME = "/account"


class ConfirmPasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=8192,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def confirm(self, session: Session) -> NewSession:
        return sudo.confirm_with_password(session, self.cleaned_data["password"], now=clock.now())


class ConfirmCodeForm(forms.Form):
    code = CodeField()

    def confirm(self, session: Session) -> NewSession:
        return sudo.confirm_with_code(session, self.cleaned_data["code"], now=clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def confirm(request: HttpRequest) -> HttpResponse:
    """By password; who has none asks for a code by mail. Then on to where the person was going."""
    session, next_path = required_session(request), _next_of(request)
    if request.method != "POST":
        if sudo.is_open(session, now=clock.now()):
            return HttpResponseRedirect(next_path, status=303)
        return _page(request, session, _form_of(session))
    if "send" in request.POST:
        return _send(request, session)
    form = _form_of(session, request.POST)
    if not form.is_valid():
        return _page(request, session, form, status=422)
    try:
        renewed = form.confirm(session)
    except DomainError as error:
        return _page(request, session, form, status=_refuse(form, error))
    response = HttpResponseRedirect(next_path, status=303)
    set_session_cookie(response, renewed, keep=session.is_kept, now=clock.now())
    rotate_token(request)
    return response


def _send(request: HttpRequest, session: Session) -> HttpResponse:
    form = _form_of(session)
    try:
        sudo.send_code(session, now=clock.now())
    except DomainError as error:
        facts = {"fault": error.detail}
        return _page(request, session, form, facts, status=_status_of(error))
    return _page(request, session, form, {"notice": _("A code is on its way. Enter it here."), "sent": True})


def _form_of(session: Session, data: Any = None) -> ConfirmPasswordForm | ConfirmCodeForm:
    has_password = sudo.way_of(session.user) is sudo.Way.PASSWORD
    return ConfirmPasswordForm(data) if has_password else ConfirmCodeForm(data)


def _page(
    request: HttpRequest,
    session: Session,
    form: ConfirmPasswordForm | ConfirmCodeForm,
    more: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    facts = {"form": form, "next": _next_of(request), "email": session.user.email, **(more or {})}
    facts["by_code"] = isinstance(form, ConfirmCodeForm)
    return render(request, "account/confirm.html", facts, status=status)


def _next_of(request: HttpRequest) -> str:
    return safe_next(request.POST.get("next", "") or request.GET.get("next", "")) or HOME


def _refuse(form: forms.Form, error: DomainError) -> int:
    for field, sentences in (error.details or {"": [error.detail]}).items():
        form.add_error(field if field in form.fields else None, sentences)
    return _status_of(error)


def _status_of(error: DomainError) -> int:
    return 429 if isinstance(error, RateLimited) else 422
