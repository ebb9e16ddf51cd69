"""/account/sessions: where the person is signed in, and the browsers that know the person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import forget_session_cookie, required_session
from accounts.models import Session
from accounts.services import devices
from accounts.services import sessions as service
from accounts.shown import devices_of, sessions_of
from core import clock
from core.identifiers import find_uuid

PATH = "/account/sessions"
REASON = "ended_by_user"


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    current = required_session(request)
    if request.method != "POST":
        known = devices_of(current)
        facts = {
            "sessions": sessions_of(current),
            "devices": known,
            "trusts_any": any(device.trusted_until for device in known),
        }
        return render(request, "account/sessions.html", facts)
    if "everywhere" in request.POST:
        service.end_all(current.user, reason=REASON, now=clock.now())
        return _signed_out(request, _("You are signed out everywhere."))
    if "all_others" in request.POST:
        service.end_all(current.user, reason=REASON, now=clock.now(), keep=current)
        messages.success(request, _("Every other device is signed out."))
    elif "untrust" in request.POST:
        devices.end_trust(user=current.user, device_id=find_uuid(request.POST["untrust"]), now=clock.now())
        messages.success(request, _("The next sign-in there asks for your second step."))
    elif device_id := find_uuid(request.POST.get("device_id", "")):
        return _forget(request, current, device_id)
    elif session_id := find_uuid(request.POST.get("session_id", "")):
        return _end(request, current, session_id)
    return HttpResponseRedirect(PATH, status=303)


def _end(request: HttpRequest, current: Session, session_id: UUID) -> HttpResponse:
    is_done = service.end_session(user=current.user, session_id=session_id, reason=REASON, now=clock.now())
    if session_id == current.id:
        return _signed_out(request, _("You are signed out."))
    if is_done:
        messages.success(request, _("The device is signed out."))
    return HttpResponseRedirect(PATH, status=303)


def _forget(request: HttpRequest, current: Session, device_id: UUID) -> HttpResponse:
    is_done = devices.forget(user=current.user, device_id=device_id, now=clock.now())
    if is_done and device_id == current.device_id:
        return _signed_out(request, _("This browser is forgotten, and you are signed out here."))
    if is_done:
        messages.success(request, _("The browser is forgotten, and signed out."))
    return HttpResponseRedirect(PATH, status=303)


def _signed_out(request: HttpRequest, notice: str) -> HttpResponse:
    messages.success(request, notice)
    response = HttpResponseRedirect("/login", status=303)
    forget_session_cookie(response)
    return response
