"""Pages that stand in the way until the person has seen to them: new terms, an account about to be erased."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.http import forget_session_cookie, needs_sudo, required_session
from accounts.services import deletion as service
from accounts.services import terms as documents
from core import clock
from core.errors import Conflict, DomainError
from core.identifiers import find_uuid
from login.pages.flow import home_or, next_of, page, refuse, secret_in_address
from login.pages.forms import ConfirmForm, Form


class DeletionForm(Form):
    email = forms.CharField(
        label=gettext_lazy("Your email address"),
        max_length=254,
        help_text=gettext_lazy("Type it in full, so that this is no slip."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """What the person has to accept before going on. GET shows it, POST accepts it."""
    user, next_path, now = required_session(request).user, next_of(request), clock.now()
    if request.method == "POST":
        shown = [found for text in request.POST.getlist("version") if (found := find_uuid(text))]
        documents.accept(user, shown, via="page", now=now)
    due = documents.due(user, now=now)
    if not due:
        return HttpResponseRedirect(home_or(next_path), status=303)
    facts = {"versions": due, "user_email": user.email}
    return page(request, "login/terms.html", _form(next_path), facts, next_path=next_path)


@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: HttpRequest) -> HttpResponse:
    """Ask to be deleted; or, in the days of grace, stay."""
    if required_session(request).user.deletion_due_at is not None:
        return _in_the_days_of_grace(request)
    return _ask(request)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_deletion(request: HttpRequest) -> HttpResponse:
    """The mail's link, signed in or not: GET only shows a button (mail scanners fetch links), POST acts."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            service.keep_by_link(request.GET.get("token", ""), now=clock.now())
        except DomainError as error:
            status = refuse(form, error)
        else:
            facts = {
                "heading": _("Your account stays"),
                "text": _("Nothing was deleted. You can sign in again."),
                "action_url": "/login",
                "action_label": _("Continue to sign in"),
            }
            return render(request, "login/done.html", facts)
    return secret_in_address(page(request, "login/deletion_cancel.html", form, {}, status=status))


def _in_the_days_of_grace(request: HttpRequest) -> HttpResponse:
    user, next_path = required_session(request).user, next_of(request)
    if request.method == "POST":
        if service.keep(user, now=clock.now()):
            messages.success(request, _("Your account stays. Nothing was deleted."))
        return HttpResponseRedirect(home_or(next_path), status=303)
    facts = {"due_at": user.deletion_due_at, "user_email": user.email}
    return page(request, "login/deletion_waits.html", _form(next_path), facts, next_path=next_path)


@needs_sudo
def _ask(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    form = DeletionForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            due_at = service.request_deletion(
                session, typed_email=form.cleaned_data["email"], now=clock.now()
            )
        except DomainError as error:
            status = 409 if isinstance(error, Conflict) else refuse(form, error)
        else:
            return _is_on_its_way(request, date_format(due_at, "DATE_FORMAT"))
    facts = {"obstacles": service.why_not(session.user), "grace_days": service.grace_days()}
    return page(request, "account/deletion.html", form, facts, status=status)


def _is_on_its_way(request: HttpRequest, day: str) -> HttpResponse:
    facts = {
        "heading": _("You are signed out everywhere"),
        "text": _(
            "Your account will be deleted on %(day)s. Until then you can keep it: sign in, or use the link we sent you."
        )
        % {"day": day},
    }
    response = render(request, "login/done.html", facts)
    forget_session_cookie(response)
    return response


def _form(next_path: str) -> ConfirmForm:
    return ConfirmForm(initial={"next": next_path})
