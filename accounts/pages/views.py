"""/account: overview, profile and sessions of the person who is signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.devices import describe
from accounts.http import forget_session_cookie, required_session
from accounts.models import Session, User
from accounts.pages.forms import ProfileForm
from accounts.services import sessions as service
from accounts.services import users
from core import clock


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


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The account at a glance, with a short check-up."""
    session = required_session(request)
    user = session.user
    facts = {"user": user, "sessions": _sessions(session)[:3], "checkup": _checkup(user)}
    return render(request, "account/overview.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = required_session(request).user
    initial = {name: getattr(user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        users.update_profile(user=user, changes=form.cleaned_data, now=clock.now())
        messages.success(request, _("Your profile is saved."))
        return HttpResponseRedirect("/account/profile", status=303)
    return render(request, "account/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    if request.method != "POST":
        return render(request, "account/sessions.html", {"sessions": _sessions(session)})
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


def _sessions(current: Session) -> list[ShownSession]:
    """The person's living sessions with what the page shows of them, this one first."""
    found = service.living_sessions(current.user, now=clock.now())[:100]
    shown = [ShownSession.of(session, current) for session in found]
    return sorted(shown, key=lambda session: not session.is_current)


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


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
