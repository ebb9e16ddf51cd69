"""POST /oauth/introspect (RFC 7662): whether a token is alive, told only to whom it concerns (section 4)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from core import clock
from core.errors import TokenInvalid
from oauth import organizations
from oauth.client_authentication import authenticate_confidential
from oauth.endpoints.signed_introspection import respond
from oauth.endpoints.wire import oauth_endpoint
from oauth.models import Client
from oauth.parameters import from_form
from oauth.services import clients, id_tokens
from tokens.services import access, jwt, refresh

INACTIVE: dict[str, Any] = {"active": False}
SHOWN = ("iss", "sub", "aud", "client_id", "exp", "iat", "jti", "scope", "sid", "auth_time", "acr", "amr")


@oauth_endpoint("POST")
def introspect(request: HttpRequest) -> HttpResponse:
    """{"active": true, …} for the client's own living tokens; everything else is {"active": false}."""
    now = clock.now()
    parameters = from_form(request)
    client = authenticate_confidential(request, parameters, now=now)
    token = parameters.need("token")
    if token.startswith(refresh.PREFIX):
        found = _refresh_token(token, client, now=now)
    else:
        found = _access_token(token, client, now=now)
    return respond(request, client, found, now=now)


def _access_token(token: str, client: Client, *, now: datetime) -> dict[str, Any]:
    try:
        claims = jwt.verify(token, jwt.ACCESS_TOKEN, audiences=None, now=now)
    except TokenInvalid:
        return INACTIVE
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if client.client_id not in (claims["client_id"], *audience):
        return INACTIVE
    if "fid" in claims:
        family = access.find_living_family(claims)
        if family is None:
            return INACTIVE
        try:
            place = organizations.place_of(family, claims, now=now)
        except TokenInvalid:
            return INACTIVE
        more = organizations.claims_of(place)
        if "email" in str(claims.get("scope", "")).split():
            more["username"] = family.user.email
    else:
        if access.is_revoked(claims) or clients.find_enabled(claims["client_id"]) is None:
            return INACTIVE
        more = {}
    return {"active": True, "token_type": "Bearer", **{k: claims[k] for k in SHOWN if k in claims}, **more}


def _refresh_token(token: str, client: Client, *, now: datetime) -> dict[str, Any]:
    row = refresh.find_living(token, now=now)
    if row is None or row.family.client_id != client.client_id:
        return INACTIVE
    try:
        organizations.place_of(row.family, {}, now=now)
    except TokenInvalid:
        return INACTIVE
    return {
        "active": True,
        "token_type": "refresh_token",
        "client_id": client.client_id,
        "scope": row.family.scope,
        "sub": id_tokens.subject_of(row.family.user, client),
        "exp": int(row.expires_at.timestamp()),
        "iat": int(row.created_at.timestamp()),
    }
