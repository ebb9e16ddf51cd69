"""/account/security/recovery-codes: how many are left, new ones, and the sheet that shows them once.

We keep hashes only. For the download the sheet carries its codes sealed, for its session and a quarter of an hour:
the server holds nothing that could be asked for them later.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import needs_sudo, required_session
from accounts.models import Session
from core import clock, crypto
from core.errors import DomainError
from mfa.pages.security import HOME, next_of
from mfa.services import recovery_codes as service
from mfa.shown import status_of

PURPOSE = "recovery-codes-sheet"
SHEET_LIFETIME = timedelta(minutes=15)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def recovery_codes(request: HttpRequest) -> HttpResponse:
    session = required_session(request)
    if "sheet" in request.POST:
        return _download(request, session)
    if request.method != "POST":
        return render(request, "account/security/codes.html", {"status": status_of(session.user)})
    try:
        made = service.make_new(session=session, now=clock.now())
    except DomainError as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(HOME, status=303)
    return sheet(request, made)


def sheet(request: HttpRequest, codes: Sequence[str], *, is_first: bool = False) -> HttpResponse:
    """The one page with the codes: to copy, to print, to download. It is the answer itself, at no address of its own."""
    session = required_session(request)
    facts = {
        "codes": codes,
        "is_first": is_first,
        "sheet": _seal(session, codes, now=clock.now()),
        "next": next_of(request),
    }
    return render(request, "account/security/codes_sheet.html", facts)


def _download(request: HttpRequest, session: Session) -> HttpResponse:
    codes = _open(request.POST["sheet"], session, now=clock.now())
    if codes is None:
        messages.warning(request, _("The codes can be downloaded right after they are made. Make new ones."))
        return HttpResponseRedirect(f"{HOME}/recovery-codes", status=303)
    facts = {"codes": codes, "email": session.user.email, "when": clock.now()}
    text = render_to_string("account/security/codes.txt", facts, request)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


def _seal(session: Session, codes: Sequence[str], *, now: datetime) -> str:
    ends = int((now + SHEET_LIFETIME).timestamp())
    return crypto.seal(PURPOSE, json.dumps({"session": str(session.id), "ends": ends, "codes": list(codes)}))


def _open(sealed: str, session: Session, *, now: datetime) -> list[str] | None:
    try:
        held: dict[str, Any] = json.loads(crypto.unseal(PURPOSE, sealed))
    except crypto.Unsealable:
        return None
    is_good = held["session"] == str(session.id) and now.timestamp() < held["ends"]
    return list(held["codes"]) if is_good else None
