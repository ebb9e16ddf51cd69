"""/account/password and /account/sessions of the person who is signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.devices import describe
from accounts.http import forget_session_cookie, required_session
from accounts.models import Session
from accounts.pages.forms import PasswordForm
from accounts.services import recovery
from accounts.services import sessions as service
from core import clock
from core.errors import DomainError, RateLimited


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session as people see it."""

    id: UUID
    device: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool

    @classmethod
    def of(cls, session: Session, current: Session) -> "ShownSession":
        return cls(
            id=session.id,
            device=describe(session.user_agent),
            ip=session.ip or "",
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            is_current=session.id == current.id,
        )


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


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    if request.method != "POST":
        return render(request, "account/sessions.html", {"sessions": shown_sessions(session)})
    if "all_others" in request.POST:
        service.end_all(session.user, reason="ended_by_user", now=clock.now(), keep=session)
        messages.success(request, _("Every other device is signed out."))
        return HttpResponseRedirect("/account/sessions", status=303)
    ended = _as_uuid(request.POST.get("session_id", ""))
    if ended and service.end_session(
        user=session.user, session_id=ended, reason="ended_by_user", now=clock.now()
    ):
        messages.success(request, _("The device is signed out."))
    response = HttpResponseRedirect("/login" if ended == session.id else "/account/sessions", status=303)
    if ended == session.id:
        forget_session_cookie(response)
    return response


def shown_sessions(current: Session) -> list[ShownSession]:
    """The person's living sessions with what the page shows of them, this one first."""
    found = service.living_sessions(current.user, now=clock.now())[:100]
    shown = [ShownSession.of(session, current) for session in found]
    return sorted(shown, key=lambda session: not session.is_current)


def _put_on_form(form: PasswordForm, error: DomainError) -> None:
    for field, sentences in (error.details or {"": [error.detail]}).items():
        form.add_error(field if field in form.fields else None, sentences)


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
