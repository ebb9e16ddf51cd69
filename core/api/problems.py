"""Every refusal of the REST API is `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core import context
from core.errors import DomainError, RateLimited, ReauthenticationRequired

PROBLEM_JSON = "application/problem+json"
PROGRAMS = (
    "/api/", "/oauth/token", "/oauth/userinfo", "/oauth/introspect", "/oauth/revoke", "/oauth/device_authorization",
    "/.well-known/", "/health",
)  # fmt: skip
CODES = {
    400: ("BAD_REQUEST", "Bad request"),
    401: ("AUTHENTICATION_ERROR", "Authentication failed"),
    403: ("AUTHORIZATION_ERROR", "Not allowed"),
    404: ("NOT_FOUND_ERROR", "Not found"),
    405: ("BAD_REQUEST", "Method not allowed"),
    406: ("BAD_REQUEST", "Not acceptable"),
    409: ("CONFLICT_ERROR", "Conflict"),
    412: ("CONFLICT_ERROR", "It was changed meanwhile"),
    413: ("BAD_REQUEST", "The body is too large"),
    415: ("BAD_REQUEST", "Unsupported media type"),
    422: ("VALIDATION_ERROR", "Validation failed"),
    429: ("RATE_LIMIT_ERROR", "Too many requests"),
    500: ("INTERNAL_ERROR", "Something went wrong on our side"),
    503: ("INTERNAL_ERROR", "Not available right now"),
}


def problem(
    status: int,
    detail: str,
    *,
    code: str = "",
    title: str = "",
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of a refusal: {type, title, status, code, detail, request_id, reason?, details?}."""
    known_code, known_title = CODES.get(status, CODES[500 if status >= 500 else 400])
    code = code or known_code
    body: dict[str, Any] = {
        "type": f"https://janua.dev/errors/{code.lower().removesuffix('_error').replace('_', '-')}",
        "title": title or known_title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": context.current().request_id,
    }
    if reason:
        body["reason"] = reason
    if details:
        body["details"] = details
    return body


def problem_response(status: int, detail: str, *, path: str = "") -> JsonResponse:
    """A refusal from outside DRF (middleware, Django's own handlers).

    Clients of the provider look for `error` (RFC 6749 section 5.2), which RFC 9457 lets stand beside the rest.
    """
    body = problem(status, detail)
    if path.startswith("/oauth/") and 400 <= status < 500:
        body |= {"error": "invalid_request", "error_description": detail}
    return JsonResponse(body, status=status, content_type=PROBLEM_JSON)


def wants_json(request: HttpRequest) -> bool:
    """Programs get problem+json, people a page."""
    return request.path.startswith(PROGRAMS)


def exception_handler(error: Exception, handler_context: dict[str, Any]) -> Response | None:
    """DRF's hook: a domain error or an APIException becomes a problem; anything else stays a 500."""
    if isinstance(error, DomainError):
        return _from_domain_error(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return _from_api_exception(error)


def _from_domain_error(error: DomainError) -> Response:
    body = problem(
        error.status,
        error.detail,
        code=error.code,
        title=error.title,
        reason=error.reason,
        details=error.details,
    )
    response = Response(body, status=error.status, content_type=PROBLEM_JSON)
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, ReauthenticationRequired):
        response["WWW-Authenticate"] = _step_up_challenge(error)
    elif error.status == 401:
        response["WWW-Authenticate"] = (
            "Bearer" if error.code == "AUTHENTICATION_ERROR" else ('Bearer error="invalid_token"')
        )
    return response


def _step_up_challenge(error: ReauthenticationRequired) -> str:
    """RFC 9470 section 3."""
    parameters = {
        "error": "insufficient_user_authentication",
        "error_description": "A fresh sign-in is needed.",
        **({"acr_values": error.acr_values} if error.acr_values else {}),
        "max_age": str(error.max_age_seconds),
    }
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parameters.items())


def _from_api_exception(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        return Response(_validation_problem(error), status=422, content_type=PROBLEM_JSON)
    body = problem(error.status_code, str(error.detail))
    response = Response(body, status=error.status_code, content_type=PROBLEM_JSON)
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _validation_problem(error: exceptions.ValidationError) -> dict[str, Any]:
    fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
    first = next(iter(fields.items()), ("", ["The request is not valid."]))
    sentence = first[1][0] if isinstance(first[1], list) and first[1] else "The request is not valid."
    detail = str(sentence) if first[0] == "non_field_errors" else f"{first[0]}: {sentence}"
    return problem(422, detail, details=fields)
