"""The public keys of a client, registered by value (`jwks`) or by reference (`jwks_uri`)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from core import limits, outbound, throttle
from core.errors import TokenInvalid
from core.outbound import OutboundError
from core.strict_json import parse_object
from oauth.models import Client, ClientKeys
from tokens.services import foreign_jwt

FRESH = timedelta(minutes=10)
STALE = timedelta(hours=1)  # while the client's server is away
MAX_BYTES = 64 * 1024


def verify_signed_by(
    client: Client, token: str, *, algorithms: Collection[str], now: datetime
) -> dict[str, Any]:
    """The claims of a JWT that this client signed; raises `TokenInvalid`. Not inside a transaction: it may fetch."""
    return foreign_jwt.verify(token, _jwks_for(client, token, now=now), algorithms=algorithms, now=now)


def _jwks_for(client: Client, token: str, *, now: datetime) -> dict[str, Any]:
    if client.jwks or not client.jwks_uri:
        return dict(client.jwks)
    kept = ClientKeys.objects.filter(client=client, jwks_uri=client.jwks_uri).first()
    is_fresh = kept is not None and now - kept.fetched_at < FRESH
    if kept and is_fresh and foreign_jwt.knows_key(kept.jwks, token):
        return dict(kept.jwks)
    try:
        return _fetch(client, now=now)  # a key that we do not know may be a new one
    except OutboundError as error:
        if kept and now - kept.fetched_at < STALE:
            return dict(kept.jwks)
        raise TokenInvalid(f"The client's jwks_uri could not be used: {error}") from None


def _fetch(client: Client, *, now: datetime) -> dict[str, Any]:
    if not throttle.hit(limits.CLIENT_KEYS_FETCH, client.client_id, now=now).allowed:
        raise OutboundError("It was asked too often in the last minute.")
    answer = outbound.fetch(client.jwks_uri, max_bytes=MAX_BYTES)
    if answer.status != 200:
        raise OutboundError(f"The server answered {answer.status}.")
    try:
        jwks = parse_object(answer.body)  # strictly: what text or number it has is stored
        foreign_jwt.require_public_keys(jwks)
    except ValueError as error:
        raise OutboundError(f"The JWK set is not usable: {error}") from None
    ClientKeys.objects.update_or_create(
        client=client, defaults={"jwks_uri": client.jwks_uri, "jwks": jwks, "fetched_at": now}
    )
    return jwks
