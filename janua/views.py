"""The front page, health, and the API's documentation."""

import hashlib
import hmac
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.http import session_of
from admin_panel import access
from admin_panel import health as checks

OPENAPI_FILE = Path(__file__).resolve().parent.parent / "openapi.json"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To one's account, or to the sign-in."""
    return HttpResponseRedirect("/account" if session_of(request) else "/login")


@csrf_exempt
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether Janua can do its work, in one word. 503 when it cannot."""
    is_healthy = checks.database().is_well
    return JsonResponse(
        {"status": "healthy" if is_healthy else "unhealthy"}, status=200 if is_healthy else 503
    )


@csrf_exempt
@require_safe
def health_detailed(request: HttpRequest) -> JsonResponse:
    """The same in detail, for operators (session) and monitors (HEALTH_TOKEN); others get the one word."""
    if not (access.is_operator(session_of(request)) or _is_monitor(request)):
        return health(request)
    found = checks.all_checks()
    is_healthy = all(check.is_well for check in found)
    body = {
        "status": "healthy" if is_healthy else "unhealthy",
        "checks": {
            check.name: {"status": "up" if check.is_well else "down", **check.facts} for check in found
        },
    }
    return JsonResponse(body, status=200 if is_healthy else 503)


@csrf_exempt
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The committed OpenAPI document, byte for byte."""
    body, etag = _openapi()
    response = HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=300"
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Interactive documentation; its assets are served from here."""
    return render(request, "docs/swagger.html", {"schema_url": "/openapi.json"})


@cache
def _openapi() -> tuple[bytes, str]:
    body = OPENAPI_FILE.read_bytes()
    return body, quote_etag(hashlib.sha256(body).hexdigest()[:32])


def _is_monitor(request: HttpRequest) -> bool:
    token = settings.JANUA.health_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
