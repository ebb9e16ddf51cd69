"""/account/privacy: one's own data to take along, what one allowed, and receipts for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import needs_sudo, required_session
from accounts.models import DataExport
from accounts.services import exports, purposes, terms
from accounts.tasks import prepare_export
from core import background, clock
from core.errors import Conflict, DomainError, NotFound

ARCHIVE_NAME = "janua-data-{day}.zip"


@dataclass(frozen=True, slots=True)
class ShownExport:
    """An archive as people see it."""

    id: UUID
    status: str
    created_at: datetime
    expires_at: datetime
    size: int

    @classmethod
    def of(cls, row: DataExport, now: datetime) -> "ShownExport":
        return cls(row.id, row.status(now), row.created_at, row.expires_at, row.size)


@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest) -> HttpResponse:
    """What one can do with one's data, in one place."""
    if "export" in request.POST:
        return _ask_for_export(request)
    if "purpose" in request.POST:
        return _answer(request)
    user, now = required_session(request).user, clock.now()
    facts: dict[str, Any] = {
        "exports": [ShownExport.of(row, now) for row in exports.exports_of(user)[:5]],
        "choices": purposes.choices(user),
        "acceptances": terms.acceptances(user),
    }
    facts["is_preparing"] = any(export.status == "preparing" for export in facts["exports"])
    return render(request, "account/privacy.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """One archive: GET says how it stands, POST hands it out, this once."""
    session, now = required_session(request), clock.now()
    try:
        row = exports.get_export(session.user, export_id)
        if request.method == "POST":
            return _as_download(exports.take(session, export_id, now=now), row.created_at)
    except NotFound:
        raise Http404 from None
    except Conflict as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(request.path, status=303)
    return render(request, "account/export.html", {"export": ShownExport.of(row, now)})


@require_safe
def receipt(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The receipt of a yes or no, to read or as a file."""
    try:
        change = purposes.get_change(required_session(request).user, change_id)
    except NotFound:
        raise Http404 from None
    body = purposes.receipt(change)
    if request.GET.get("format") == "json":
        response = JsonResponse(body, json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="consent-receipt-{change.id}.json"'
        return response
    return render(request, "account/receipt.html", {"change": change, "receipt": body})


@needs_sudo
def _ask_for_export(request: HttpRequest) -> HttpResponse:
    try:
        row = exports.request_export(required_session(request), now=clock.now())
    except DomainError as error:  # one is being prepared, or there were many today
        messages.error(request, error.detail)
    else:
        transaction.on_commit(lambda: background.wake(prepare_export, str(row.id)))
        messages.success(request, _("We are preparing your data and send you a mail when they are ready."))
    return HttpResponseRedirect("/account/privacy", status=303)


def _answer(request: HttpRequest) -> HttpResponse:
    is_granted = request.POST.get("is_granted") == "yes"
    try:
        purposes.answer(
            required_session(request).user,
            request.POST["purpose"],
            is_granted=is_granted,
            via="page",
            now=clock.now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("Thank you, noted.") if is_granted else _("Your consent is withdrawn."))
    return HttpResponseRedirect("/account/privacy", status=303)


def _as_download(packed: bytes, day: datetime) -> HttpResponse:
    response = HttpResponse(packed, content_type="application/zip")
    name = ARCHIVE_NAME.format(day=day.date().isoformat())
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
