"""Client assertions: a JWT that the client signed, used once (RFC 7523 section 3, private_key_jwt)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from core import crypto
from core.consume import use_first
from core.errors import TokenInvalid
from oauth.errors import InvalidClient
from oauth.models import Client, ClientAssertion
from oauth.services import client_keys, clients
from tokens.services import foreign_jwt

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = timedelta(hours=24)  # the identifiers are kept that long
MAX_JTI_LENGTH = 255


def authenticate(assertion: str, *, client_id: str, endpoint: str, now: datetime) -> Client:
    """The client that signed the assertion; `client_id` is what the request says beside it, or nothing.

    Raises `InvalidClient`. Not inside a transaction: keys may have to be fetched.
    """
    try:
        named = str(foreign_jwt.unverified_claims_of(assertion).get("sub", ""))
        client = clients.find_enabled(named)
        if client is None or client.token_endpoint_auth_method != "private_key_jwt":
            raise InvalidClient
        claims = client_keys.verify_signed_by(client, assertion, algorithms=foreign_jwt.ALGORITHMS, now=now)
    except TokenInvalid as error:
        raise InvalidClient(error.detail) from None
    if client_id not in ("", client.client_id) or claims.get("iss") != client.client_id:
        raise InvalidClient("client_id, iss and sub of the assertion must be one and the same client.")
    _require_audience(claims, endpoint)
    _use_up(client, claims, now=now)
    return client


def _require_audience(claims: dict[str, Any], endpoint: str) -> None:
    """The issuer, or an address of ours that clients were told to name: the token endpoint, or the one asked."""
    base = settings.JANUA.base_url
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not {base, f"{base}/oauth/token", f"{base}{endpoint}"} & {str(each) for each in named}:
        raise InvalidClient("The assertion's aud must be the issuer or the token endpoint.")


def _use_up(client: Client, claims: dict[str, Any], *, now: datetime) -> None:
    jti, expires = claims.get("jti"), claims.get("exp")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI_LENGTH or expires is None:
        raise InvalidClient(f"The assertion needs exp, and a jti of at most {MAX_JTI_LENGTH} characters.")
    if expires > (now + LONGEST_LIFE).timestamp():
        raise InvalidClient("The assertion must expire within 24 hours.")
    row = ClientAssertion(
        assertion_hash=crypto.keyed_hash("client-assertion", f"{client.client_id}\0{jti}"),
        expires_at=datetime.fromtimestamp(expires, UTC) + timedelta(seconds=foreign_jwt.CLOCK_SKEW_SECONDS),
    )
    if not use_first(row):
        raise InvalidClient("The assertion was used before: each needs a jti of its own.")
