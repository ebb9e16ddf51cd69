"""Signing and verifying our own JWTs. The one verifier of the house, with a profile per kind of token."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from joserfc import jws
from joserfc import jwt as jose_jwt
from joserfc.errors import JoseError

from core.errors import TokenInvalid
from tokens.services import keys

MAX_LENGTH = 16 * 1024
CLOCK_SKEW_SECONDS = 60
HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})

Claims = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a kind of token must look like; anything else is refused (RFC 8725)."""

    typ: str
    required: frozenset[str]
    may_be_expired: bool = False


ACCESS_TOKEN = Profile(
    typ="at+jwt", required=frozenset({"iss", "sub", "aud", "client_id", "iat", "exp", "jti"})
)
ID_TOKEN_HINT = Profile(
    typ="JWT", required=frozenset({"iss", "sub", "aud", "iat", "exp"}), may_be_expired=True
)


def sign(typ: str, claims: Claims) -> str:
    """A compact JWS by the current key."""
    current = keys.ring().current
    return jose_jwt.encode({"alg": current.algorithm, "kid": current.kid, "typ": typ}, claims, current.key)


def verify(token: str, profile: Profile, *, audiences: frozenset[str] | None, now: datetime) -> Claims:
    """The claims of a token that we signed, for one of `audiences` (None: the caller checks).

    Raises `TokenInvalid`. The key is chosen by `kid` from our ring, its algorithm is the key's: nothing
    in the token's header is believed beyond that.
    """
    if len(token) > MAX_LENGTH:
        raise _invalid("it is too long")
    header = _part(token, 0)
    if not header.keys() <= HEADER_MEMBERS or header.get("typ") != profile.typ:
        raise _invalid("it is not a token of this kind")
    ring = keys.ring()
    known = ring.remembered if profile.may_be_expired else ring.verifying
    ring_key = known.get(str(header.get("kid")))
    if ring_key is None or header.get("alg") != ring_key.algorithm:
        raise _invalid("its key is not known")
    try:
        jws.deserialize_compact(token, ring_key.key, algorithms=[ring_key.algorithm])
    except (JoseError, ValueError):
        raise _invalid("its signature does not fit") from None
    claims = _part(token, 1)
    _check_claims(claims, profile, audiences, now=int(now.timestamp()))
    return claims


def _check_claims(claims: Claims, profile: Profile, audiences: frozenset[str] | None, *, now: int) -> None:
    if not profile.required <= claims.keys():
        raise _invalid("a claim is missing")
    if claims["iss"] != settings.JANUA.base_url:
        raise _invalid("it was issued elsewhere")
    if not all(_is_time(claims[name]) for name in ("iat", "exp", "nbf") if name in claims):
        raise _invalid("a time in it is not a number")
    if not profile.may_be_expired and claims["exp"] <= now:
        raise _invalid("it has expired")
    if max(claims["iat"], claims.get("nbf", 0)) > now + CLOCK_SKEW_SECONDS:
        raise _invalid("it is not valid yet")
    if audiences is not None and not _audience(claims) <= audiences:
        raise _invalid("it is meant for somebody else")


def _audience(claims: Claims) -> frozenset[str]:
    audience = claims["aud"]
    members = audience if isinstance(audience, list) else [audience]
    if not members or not all(isinstance(member, str) for member in members):
        raise _invalid("its audience is malformed")
    return frozenset(members)


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _part(token: str, index: int) -> Claims:
    """The JSON object in one part of a compact JWS; doubled members are refused."""
    parts = token.split(".")
    if len(parts) != 3:
        raise _invalid("it is not a signed JWT")
    try:
        raw = urlsafe_b64decode(parts[index] + "=" * (-len(parts[index]) % 4))
        value = json.loads(raw, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise _invalid("it is malformed") from None
    if not isinstance(value, dict):
        raise _invalid("it is malformed")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("doubled member")
    return members


def _invalid(why: str) -> TokenInvalid:
    return TokenInvalid(f"The token was refused: {why}.", reason="invalid_token")
