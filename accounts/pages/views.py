"""/account: overview, profile and password of the person who is signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import required_session
from accounts.models import User
from accounts.pages.forms import PasswordForm, ProfileForm
from accounts.services import recovery, users
from accounts.shown import sessions_of
from core import clock, languages
from core.errors import DomainError, RateLimited


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The account at a glance, with a short check-up."""
    session = required_session(request)
    user = session.user
    facts = {"user": user, "sessions": sessions_of(session, at_most=3), "checkup": _checkup(user)}
    return render(request, "account/overview.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    initial = {name: getattr(user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        users.update_profile(user=user, changes=form.cleaned_data, now=clock.now())
        messages.success(request, _("Your profile is saved."))
        response = HttpResponseRedirect("/account/profile", status=303)
        if "locale" in form.changed_data:
            languages.forget_choice(request, response)
        return response
    return render(request, "account/profile.html", {"form": form}, status=422 if form.errors else 200)


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


def _checkup(user: User) -> list[tuple[bool, str, str]]:
    """(is well, sentence, where to mend it)."""
    return [
        (
            user.email_verified,
            _("Your email address is verified.")
            if user.email_verified
            else _("Your email address is not verified."),
            "",
        ),
        (
            bool(user.name),
            _("Your name is filled in.") if user.name else _("Add your name, so that apps know it."),
            "/account/profile",
        ),
    ]


def _put_on_form(form: PasswordForm, error: DomainError) -> None:
    for field, sentences in (error.details or {"": [error.detail]}).items():
        form.add_error(field if field in form.fields else None, sentences)
