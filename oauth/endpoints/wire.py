"""What the provider's JSON endpoints share: error bodies and headers of RFC 6749 section 5."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.errors import RateLimited
from oauth.errors import OAuthError

View = Callable[[HttpRequest], HttpResponse]


def oauth_endpoint(*methods: str) -> Callable[[View], View]:
    """Decorator: no CSRF (no cookie is read), `no-store`, and OAuth errors as JSON."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @require_http_methods(list(methods))
        @wraps(view)
        def endpoint(request: HttpRequest) -> HttpResponse:
            try:
                response = view(request)
            except OAuthError as error:
                response = error_response(request, error)
            except RateLimited as error:
                response = answer(
                    {"error": "temporarily_unavailable", "error_description": error.detail}, status=429
                )
                response["Retry-After"] = str(error.retry_after_seconds)
            response["Cache-Control"] = "no-store"
            response["Pragma"] = "no-cache"
            return response

        return endpoint

    return decorate


def answer(body: dict[str, Any], *, status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status)


def error_response(_request: HttpRequest, error: OAuthError) -> HttpResponse:
    """RFC 6749 section 5.2; a failed client is told the scheme it may use."""
    response = answer(error.on_the_wire, status=error.status)
    if error.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="janua", charset="UTF-8"'
    return response
