"""Request objects (RFC 9101, OpenID Connect Core section 6): the request as a JWT that the client signed.

By value in `request`, or by reference in `request_uri`, which must be registered. Only what the object says
counts (RFC 9101 section 6.3); of the plain parameters only `client_id` is looked at.
"""

import json
from datetime import datetime
from typing import Any

from django.conf import settings

from core import limits, outbound, throttle
from core.errors import TokenInvalid
from core.outbound import OutboundError
from oauth.errors import OAuthError
from oauth.models import Client
from oauth.parameters import MAX_VALUE_LENGTH, Parameters
from oauth.services import client_keys
from tokens.services import foreign_jwt

MAX_BYTES = 32 * 1024
TYPES = (None, "JWT", "jwt", "oauth-authz-req+jwt")
CLAIMS_OF_JWT = frozenset({"iss", "aud", "exp", "iat", "nbf", "jti", "sub"})


def is_used(parameters: Parameters) -> bool:
    return bool(parameters.get("request") or parameters.get("request_uri"))


def read(parameters: Parameters, client: Client, *, now: datetime) -> Parameters:
    """The parameters that the request object holds; raises `OAuthError`. Not inside a transaction: it may fetch."""
    if parameters.get("request") and parameters.get("request_uri"):
        raise OAuthError("invalid_request", "Send request or request_uri, not both.")
    by_reference = bool(parameters.get("request_uri"))
    token = (
        _fetch(client, parameters.get("request_uri"), now=now) if by_reference else parameters.get("request")
    )
    try:
        if is_unsigned(token):
            error = "request_uri_not_supported" if by_reference else "request_not_supported"
            raise OAuthError(error, "Request objects must be signed by the client.")
        claims = client_keys.verify_signed_by(client, token, algorithms=_algorithms(client), now=now)
    except TokenInvalid as error:
        raise _invalid(error.detail) from None
    _check(claims, foreign_jwt.header_of(token), client)
    return _as_parameters(claims)


def is_unsigned(token: str) -> bool:
    """Whether the JWT says of itself that nobody signed it; raises `TokenInvalid` if it is none."""
    return str(foreign_jwt.header_of(token).get("alg")).lower() == "none"


def where_to_answer(parameters: Parameters) -> Parameters:
    """The plain parameters, with `redirect_uri` and `state` of an object that we refuse.

    It decides only where the refusal goes, and only a registered address gets it: an attacker who can write
    the object could have written the parameter.
    """
    try:
        claims = foreign_jwt.unverified_claims_of(parameters.get("request"))
    except TokenInvalid:
        return parameters
    told = {name: claims[name] for name in ("redirect_uri", "state") if isinstance(claims.get(name), str)}
    return Parameters({**parameters.values, **told}, parameters.doubled, parameters.overlong)


def _algorithms(client: Client) -> tuple[str, ...]:
    registered = str(client.request_object_signing_alg)
    return (registered,) if registered else foreign_jwt.ALGORITHMS


def _fetch(client: Client, uri: str, *, now: datetime) -> str:
    """RFC 9101 section 5.2; only registered addresses are asked (section 10.4.1)."""
    if not client.request_uris:
        raise OAuthError("request_uri_not_supported", "No request_uris are registered for this client.")
    if uri not in client.request_uris:
        raise OAuthError("invalid_request_uri", "The request_uri is not registered for this client.")
    asking = f"{client.client_id} {throttle.visitor()}"  # a stranger uses up nobody else's
    if not throttle.hit(limits.REQUEST_URI_FETCH, asking, now=now).allowed:
        raise OAuthError("invalid_request_uri", "The request_uri was asked too often in the last minute.")
    try:
        answer = outbound.fetch(uri.partition("#")[0], max_bytes=MAX_BYTES)
    except OutboundError as error:
        raise OAuthError("invalid_request_uri", f"The request_uri could not be read: {error}") from None
    if answer.status != 200:
        raise OAuthError("invalid_request_uri", f"The request_uri answered {answer.status}.")
    return answer.body.decode("ascii", "replace").strip()


def _check(claims: dict[str, Any], header: dict[str, Any], client: Client) -> None:
    audience = claims.get("aud", settings.JANUA.base_url)
    if header.get("typ") not in TYPES:
        raise _invalid("Its typ is not that of a request object.")
    if claims.get("client_id", client.client_id) != client.client_id:
        raise _invalid("Its client_id is not that of the request.")
    if claims.get("iss", client.client_id) != client.client_id:
        raise _invalid("It was issued by somebody else.")
    if settings.JANUA.base_url not in (audience if isinstance(audience, list) else [audience]):
        raise _invalid("It is meant for another server.")
    if {"request", "request_uri"} & claims.keys():
        raise _invalid("It holds another request object.")
    if claims.get("sub") == client.client_id:  # section 10.8: a client assertion is not a request
        raise _invalid("Its subject is the client, as in a client assertion.")


def _as_parameters(claims: dict[str, Any]) -> Parameters:
    """Parameters are text: numbers are written out, objects as JSON, lists of resources with spaces."""
    values, overlong = {}, set()
    for name, value in claims.items():
        if name in CLAIMS_OF_JWT or value is None:
            continue
        text = _as_text(name, value)
        if len(text) > MAX_VALUE_LENGTH:
            overlong.add(name)
        elif text:
            values[name] = text
    return Parameters(values, frozenset(), frozenset(overlong))


def _as_text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if name == "resource" and isinstance(value, list):
        return " ".join(str(each) for each in value)
    if isinstance(value, bool | int | dict | list):
        return json.dumps(value)
    raise _invalid(f"Its {name} is neither text nor a number nor an object.")


def _invalid(why: str) -> OAuthError:
    return OAuthError("invalid_request_object", f"The request object was refused: {why}"[:300])
