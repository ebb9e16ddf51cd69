"""What browsers and password managers ask about passkeys, and the logos of their keepers."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.served_pictures import serve_picture
from mfa import authenticators, relying_party

PAGE = "/account/security/passkeys"
KEEP = timedelta(days=1)


@csrf_exempt  # reads no cookie
@require_safe
def related_origins(_request: HttpRequest) -> HttpResponse:
    """WebAuthn Level 3 section 5.11: the origins that may use our passkeys."""
    return _cached({"origins": relying_party.origins()})


@csrf_exempt  # reads no cookie
@require_safe
def passkey_endpoints(_request: HttpRequest) -> HttpResponse:
    """Where password managers send people to make and manage passkeys (passkey-endpoints, W3C)."""
    url = f"{settings.JANUA.base_url}{PAGE}"
    return _cached({"enroll": url, "manage": url})


@csrf_exempt  # reads no cookie
@require_safe
def authenticator_icon(_request: HttpRequest, aaguid: UUID) -> HttpResponse:
    """The logo of who keeps a passkey. An SVG opened by itself may do nothing: the policy sees to it."""
    icon = authenticators.icon_of(aaguid)
    if icon is None:
        raise Http404
    return serve_picture(icon.data, content_type=icon.content_type, name="logo", keep=KEEP)


def _cached(body: dict[str, object]) -> HttpResponse:
    response = JsonResponse(body)
    response["Cache-Control"] = f"public, max-age={int(KEEP.total_seconds())}"
    return response
