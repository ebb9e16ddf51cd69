"""Signing and verifying our own JWTs. The one verifier of the house, with a profile per kind of token."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings

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


def sign(typ: str, claims: Claims, algorithm: str = "") -> str:
    """A compact JWS (RFC 7515 section 7.1) by the current key of the algorithm; "" is the configured one."""
    ring = keys.ring()
    key = ring.signing[algorithm] if algorithm else ring.current
    signed = f"{_header(key.algorithm, key.kid, typ)}.{_encode(_to_json(claims).encode())}"
    return f"{signed}.{_encode(key.signature.sign(signed.encode()))}"


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
    key = known.get(str(header.get("kid")))
    if key is None or header.get("alg") != key.algorithm:
        raise _invalid("its key is not known")
    signed, _, signature = token.rpartition(".")
    if not key.signature.is_valid(_decode(signature), signed.encode()):
        raise _invalid("its signature does not fit")
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


@lru_cache(maxsize=64)
def _header(algorithm: str, kid: str, typ: str) -> str:
    """The first segment, encoded once for each key and kind of token."""
    return _encode(_to_json({"alg": algorithm, "kid": kid, "typ": typ}).encode())


def _part(token: str, index: int) -> Claims:
    """The JSON object in one part of a compact JWS; doubled members are refused."""
    parts = token.split(".")
    if len(parts) != 3:
        raise _invalid("it is not a signed JWT")
    try:
        value = _from_json(_decode(parts[index]).decode())
    except (ValueError, RecursionError):
        raise _invalid("it is malformed") from None
    if not isinstance(value, dict):
        raise _invalid("it is malformed")
    return value


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(segment: str) -> bytes:
    """Base64url in its one canonical form (RFC 7515 section 2): a token cannot be written in two ways."""
    try:
        raw = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        raise _invalid("it is malformed") from None
    if _encode(raw) != segment:
        raise _invalid("it is malformed")
    return raw


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("doubled member")
    return members


_to_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_from_json = json.JSONDecoder(object_pairs_hook=_unique).decode


def _invalid(why: str) -> TokenInvalid:
    return TokenInvalid(f"The token was refused: {why}.", reason="invalid_token")
