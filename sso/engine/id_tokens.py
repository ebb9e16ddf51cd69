"""ID tokens of providers, checked as OpenID Connect Core 1.0 section 3.1.3.7 says, by the verifier of the house."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import TokenInvalid
from sso.engine import documents
from sso.engine.outside import Session
from sso.errors import IdentityRefused
from tokens.services import foreign_jwt


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the token must say."""

    issuer: str
    client_id: str
    keys_url: str
    nonce: str
    needs_nonce: bool
    now: datetime


def claims_of(id_token: object, expected: Expected, session: Session) -> dict[str, Any]:
    """The claims of an ID token that is meant for us, now; raises `IdentityRefused`."""
    if not isinstance(id_token, str):
        raise _refused("there is none")
    try:
        keys = documents.fetch(expected.keys_url, session, max_age=documents.KEYS_SECONDS)
        if not foreign_jwt.knows_key(keys, id_token):
            keys = documents.fetch(expected.keys_url, session, max_age=documents.AGAIN_SECONDS)
        claims = foreign_jwt.verify(id_token, keys, algorithms=foreign_jwt.ALGORITHMS, now=expected.now)
    except TokenInvalid as error:
        raise _refused("its signature or its times do not fit") from error
    _check(claims, expected)
    return claims


def _check(claims: dict[str, Any], expected: Expected) -> None:
    if not {"iss", "sub", "aud", "exp", "iat"} <= claims.keys():
        raise _refused("a claim is missing")
    if claims["iss"] != expected.issuer:
        raise _refused("it was issued elsewhere")
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if expected.client_id not in audience:
        raise _refused("it is meant for somebody else")
    if claims.get("azp", expected.client_id if len(audience) == 1 else None) != expected.client_id:
        raise _refused("it was given to somebody else")
    nonce = claims.get("nonce")
    if nonce is None and not expected.needs_nonce:
        return
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise _refused("it belongs to another sign-in")


def _refused(why: str) -> IdentityRefused:
    return IdentityRefused(f"The provider's ID token was refused: {why}.", reason="invalid_id_token")
