"""Verifying what others signed: request objects and client assertions, by the keys their client registered.

Nothing in a token's header is believed beyond `alg`, which must be one that we take, and `kid`, which only
picks among the client's registered keys (RFC 8725). `jwk`, `jku`, `x5u` and `x5c` are never looked at.
"""

from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from core.errors import TokenInvalid
from core.strict_json import parse_object

ALGORITHMS = ("RS256", "PS256", "ES256")
MAX_LENGTH = 16 * 1024
MAX_KEYS = 20
CLOCK_SKEW_SECONDS = 60

Key = RSAKey | ECKey
_KEY_OF = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey}


def header_of(token: str) -> dict[str, Any]:
    """The unverified header; raises `TokenInvalid`."""
    return _part(token, 0)


def unverified_claims_of(token: str) -> dict[str, Any]:
    """The claims before anybody looked at the signature: only to find out whose keys to try."""
    return _part(token, 1)


def verify(
    token: str, jwks: Mapping[str, Any], *, algorithms: Collection[str], now: datetime
) -> dict[str, Any]:
    """The claims of a JWT that one of these public keys signed, within its times; raises `TokenInvalid`."""
    header = header_of(token)
    algorithm = header.get("alg")
    if algorithm not in algorithms or algorithm not in ALGORITHMS:
        raise _invalid("its algorithm is not accepted here")
    if "crit" in header:
        raise _invalid("it asks for extensions that are not known here")
    if not any(_signed_by(token, key, str(algorithm)) for key in _candidates(jwks, header, str(algorithm))):
        raise _invalid("no registered key of the client fits its signature")
    claims = _part(token, 1)
    _check_times(claims, now=int(now.timestamp()))
    return claims


def knows_key(jwks: Mapping[str, Any], token: str) -> bool:
    """Whether the set has a key that this token may have been signed with."""
    header = header_of(token)
    return bool(_candidates(jwks, header, str(header.get("alg"))))


def require_public_keys(jwks: Mapping[str, Any]) -> None:
    """A JWK set of public keys that we can use (RFC 7517); raises `ValueError` with one sentence."""
    keys = jwks.get("keys")
    if not isinstance(keys, list) or not keys or len(keys) > MAX_KEYS:
        raise ValueError(f"must be an object with a list `keys` of 1 to {MAX_KEYS} keys")
    for member in keys:
        if not isinstance(member, dict) or {"d", "p", "q", "k"} & member.keys():
            raise ValueError("must hold public keys only")
    if not any(_import(member) for member in keys):
        raise ValueError("has no RSA (2048 to 8192 bits) or P-256 key")


def _candidates(jwks: Mapping[str, Any], header: Mapping[str, Any], algorithm: str) -> list[Key]:
    wanted = _KEY_OF.get(algorithm)
    members = jwks.get("keys", [])
    if not isinstance(members, list) or wanted is None:
        return []
    kid = header.get("kid")
    fitting = [
        member
        for member in members[:MAX_KEYS]
        if isinstance(member, dict)
        and (kid is None or member.get("kid") in (None, kid))
        and member.get("use") in (None, "sig")
        and member.get("alg") in (None, algorithm)
    ]
    keys = [key for member in fitting if (key := _import(member)) is not None]
    return [key for key in keys if isinstance(key, wanted)]


def _import(member: Mapping[str, Any]) -> Key | None:
    """The public key of a JWK; None for kinds and sizes that we do not take."""
    public = {name: value for name, value in member.items() if name in {"kty", "n", "e", "crv", "x", "y"}}
    try:
        key = JWKRegistry.import_key(public)
        if isinstance(key, RSAKey):
            return key if _is_fit(key) else None
        if isinstance(key, ECKey):
            return key if key.curve_name == "P-256" else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None


def _is_fit(key: RSAKey) -> bool:
    """2048 bits or more, and not made to keep us busy: verifying is cheap by a small exponent only."""
    return 2048 <= key.public_key.key_size <= 8192 and key.public_key.public_numbers().e < 2**32


def _signed_by(token: str, key: Key, algorithm: str) -> bool:
    try:
        jws.deserialize_compact(token, key, algorithms=[algorithm])
    except (JoseError, ValueError):
        return False
    return True


def _check_times(claims: Mapping[str, Any], *, now: int) -> None:
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in times.values()):
        raise _invalid("a time in it is not a number")
    if times.get("exp", now + 1) <= now - CLOCK_SKEW_SECONDS:
        raise _invalid("it has expired")
    if max(times.get("nbf", 0), times.get("iat", 0)) > now + CLOCK_SKEW_SECONDS:
        raise _invalid("it is not valid yet")


def _part(token: str, index: int) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_LENGTH or not token.isascii():
        raise _invalid("it is not a signed JWT of at most 16 kB")
    try:
        return parse_object(urlsafe_b64decode(parts[index] + "=" * (-len(parts[index]) % 4)))
    except ValueError:
        raise _invalid("it is malformed") from None


def _invalid(why: str) -> TokenInvalid:
    return TokenInvalid(f"The JWT was refused: {why}.", reason="invalid_token")
