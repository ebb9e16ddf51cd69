"""Refusals outside any app: a page for people, problem+json for programs."""

import sys

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import context
from core.api.problems import problem_response, wants_json

log = structlog.get_logger("janua.error")

TITLES = {
    400: _("We could not read that request"),
    403: _("You may not do this"),
    404: _("There is nothing here"),
    405: _("That does not work here"),
    413: _("That is too large"),
    414: _("That address is too long"),
    429: _("Too many attempts"),
    500: _("Something went wrong on our side"),
    503: _("We will be right back"),
}
TEMPLATES = {403, 404, 405, 429, 500, 503}


def refusal(
    request: HttpRequest, status: int, detail: str, *, retry_after: int | None = None
) -> HttpResponse:
    """An error answer that needs neither a database nor a session."""
    if wants_json(request):
        response: HttpResponse = problem_response(status, detail, path=request.path)
    else:
        template = f"errors/{status if status in TEMPLATES else 400}.html"
        facts = {
            "title": str(TITLES[status]),
            "detail": detail,
            "request_id": context.current().request_id,
            "retry_after": retry_after,
        }
        response = HttpResponse(render_to_string(template, facts), status=status)
    response["Cache-Control"] = "no-store"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 400, gettext("The request was malformed."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 403, gettext("Your account may not do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 404, gettext("The address may be mistyped, or what was here is gone."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's last resort, from a view or from a middleware. A database that is away is 503, not a bug."""
    error = sys.exception()
    if isinstance(error, (OperationalError, InterfaceError)):
        log.error("database_unavailable", error=type(error).__name__)
        connection.close()
        return refusal(
            request,
            503,
            gettext("We cannot reach our database right now. Try again in a moment."),
            retry_after=5,
        )
    log.error("unhandled_error", exc_info=error)
    return refusal(request, 500, gettext("We have been told. Try again in a moment."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without our token: another site's, or one from before the sign-in."""
    if wants_json(request):
        return problem_response(403, gettext("The request did not come from our own page."))
    facts = {
        "title": gettext("Please try again"),
        "retry_url": request.path,
        "request_id": context.current().request_id,
    }
    return HttpResponse(
        render_to_string("errors/csrf.html", facts), status=403, headers={"Cache-Control": "no-store"}
    )
