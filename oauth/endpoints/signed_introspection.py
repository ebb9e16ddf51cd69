"""The answer of introspection, plain or signed (RFC 9701): a signed one can be kept and shown as evidence."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from oauth.endpoints.wire import answer
from oauth.models import Client
from tokens.services import jwt

TYP = "token-introspection+jwt"
MEDIA_TYPE = f"application/{TYP}"


def respond(request: HttpRequest, client: Client, found: dict[str, Any], *, now: datetime) -> HttpResponse:
    """Signed for the client that asks, if it prefers that by its Accept header (section 4)."""
    if not _prefers_signed(request):
        return answer(found)
    claims = {
        "iss": settings.JANUA.base_url,
        "aud": client.client_id,
        "iat": int(now.timestamp()),
        "token_introspection": found,
    }
    return HttpResponse(jwt.sign(TYP, claims), content_type=MEDIA_TYPE)


def _prefers_signed(request: HttpRequest) -> bool:
    """Most name no such type, and a weighing of types costs as much as a query."""
    if TYP not in request.headers.get("Accept", "").lower():
        return False
    return request.get_preferred_type(["application/json", MEDIA_TYPE]) == MEDIA_TYPE
