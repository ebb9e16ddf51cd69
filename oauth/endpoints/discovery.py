"""What clients read before they start: OpenID discovery, RFC 8414 metadata, and the JWKS."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.levels import ACR_VALUES
from core import languages
from oauth import claims, scopes
from oauth.authorize import PROMPTS, RESPONSE_MODES
from oauth.endpoints.token import GRANTS
from oauth.models import AUTH_METHODS, Client
from tokens.services import foreign_jwt, keys


@csrf_exempt  # reads no cookie: another method is 405, not a forged form
@require_safe
def openid_configuration(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Discovery 1.0 section 3."""
    base = settings.JANUA.base_url
    return _cached(
        request,
        {
            **_common(),
            "userinfo_endpoint": f"{base}/oauth/userinfo",
            "end_session_endpoint": f"{base}/oauth/logout",
            "subject_types_supported": list(Client.SubjectType.values),
            "id_token_signing_alg_values_supported": list(keys.SIGNING_ALGORITHMS),
            "userinfo_signing_alg_values_supported": list(keys.SIGNING_ALGORITHMS),
            "claim_types_supported": ["normal"],
            "claims_supported": list(claims.SUPPORTED),
            "claims_parameter_supported": True,
            "display_values_supported": ["page"],
            "ui_locales_supported": [languages.as_tag(code) for code, _name in settings.LANGUAGES],
            "prompt_values_supported": sorted(PROMPTS),
        },
    )


@csrf_exempt  # reads no cookie: another method is 405, not a forged form
@require_safe
def oauth_authorization_server(request: HttpRequest) -> HttpResponse:
    """RFC 8414 section 2."""
    return _cached(request, _common())


@csrf_exempt  # reads no cookie: another method is 405, not a forged form
@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys: next, current, and retired until their last token is dead (RFC 7517 section 5)."""
    return _cached(request, {"keys": list(keys.ring().jwks)})


def _common() -> dict[str, Any]:
    base = settings.JANUA.base_url
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "introspection_endpoint": f"{base}/oauth/introspect",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "device_authorization_endpoint": f"{base}/oauth/device_authorization",
        "scopes_supported": list(scopes.OF_PEOPLE),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANTS),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "introspection_endpoint_auth_methods_supported": [name for name in AUTH_METHODS if name != "none"],
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(foreign_jwt.ALGORITHMS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(foreign_jwt.ALGORITHMS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(foreign_jwt.ALGORITHMS),
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "request_object_signing_alg_values_supported": list(foreign_jwt.ALGORITHMS),
        "introspection_signing_alg_values_supported": [settings.JANUA.jwt_algorithm],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": list(ACR_VALUES),  # in both documents: RFC 9470 section 5
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{base}/docs",
    }


def _cached(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    raw = json.dumps(body, separators=(",", ":")).encode()
    etag = quote_etag(hashlib.sha256(raw).hexdigest()[:32])
    response = HttpResponse(raw, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={settings.JANUA.jwks_max_age_seconds}"
    return get_conditional_response(request, etag=etag, response=response) or response
