"""What happens to every request before a view sees it."""

import ipaddress
import re
import time
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote_to_bytes
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from core import context, pages

log = structlog.get_logger("janua.request")

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
MAX_QUERY_BYTES = 16 * 1024
FORM = "application/x-www-form-urlencoded"


class RequestContextMiddleware:
    """Names the request, keeps who asks from where, and logs one line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        agent = request.headers.get("User-Agent", "")[:400]
        started = time.perf_counter()
        with context.request_context(context.RequestContext(request_id, client_ip(request), agent)):
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            duration = round((time.perf_counter() - started) * 1000, 1)
            log.info(
                "request",
                method=request.method,
                route=_route(request),
                status=response.status_code,
                duration_ms=duration,
            )
        return response


class ProbeMiddleware:
    """Answers the two probes before anything else: orchestrators ask with their own Host header."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/livez":
            return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})
        if request.path == "/readyz":
            return _readiness()
        return self.get_response(request)


class StrictInputMiddleware:
    """Refuses what is not UTF-8, has a NUL, or is oversized, with a clear 4xx, before anybody parses it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_BYTES:
            return pages.refusal(request, 414, _("The address is too long."))
        if (
            "\0" in request.path_info
            or "\ufffd" in request.path_info
            or not _is_clean(query.encode("latin-1", "replace"))
        ):
            return pages.refusal(request, 400, _("The address has characters that are not UTF-8 text."))
        if _declared_length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            # Multipart too, of which Django limits the fields only: a logo is the largest that we take.
            return pages.refusal(request, 413, _("The body is too large."))
        if request.method in {"POST", "PUT", "PATCH"} and request.content_type == FORM:
            try:
                body = request.body
            except RequestDataTooBig:
                return pages.refusal(request, 413, _("The form is too large."))
            if not _is_clean(body):
                return pages.refusal(request, 400, _("The form has characters that are not UTF-8 text."))
            if body.count(b"&") >= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
                return pages.refusal(request, 400, _("The form has too many fields."))
        return self.get_response(request)


class FinalSlashMiddleware:
    """Answers /login/ as /login: one canonical form, no redirect. Django's admin keeps its own slashes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if len(path) > 1 and path.endswith("/") and not path.startswith(("/admin/", "/static/")):
            request.path_info = path.rstrip("/") or "/"
        elif path == "/admin":
            request.path_info = "/admin/"
        return self.get_response(request)


def _declared_length(request: HttpRequest) -> int:
    """What the request says of its body; a body without a length is not read at all."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def client_ip(request: HttpRequest) -> str:
    """The address that asks. X-Forwarded-For is believed only as far as our own proxies wrote it."""
    address = request.META.get("REMOTE_ADDR", "")
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    while hops and _is_trusted_proxy(address):
        forwarded = hops.pop().strip()
        if _parse(forwarded) is None:
            break
        address = forwarded
    parsed = _parse(address)
    return str(parsed) if parsed else ""


def _is_trusted_proxy(address: str) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in settings.JANUA.trusted_proxies)


@lru_cache(maxsize=1024)
def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None


def _is_clean(encoded: bytes) -> bool:
    """Whether percent-encoded text decodes to UTF-8 without NUL."""
    decoded = unquote_to_bytes(encoded)
    if b"\0" in decoded:
        return False
    try:
        decoded.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _route(request: HttpRequest) -> str:
    """The pattern, never the path: a path may hold a secret."""
    try:
        match = request.resolver_match or resolve(request.path_info)
    except Resolver404:
        return ""
    return match.route


def _readiness() -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return JsonResponse({"status": "database away"}, status=503, headers={"Cache-Control": "no-store"})
    return JsonResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})
