"""PBKDF2 (RFC 8018), which each system writes in its own way: `digest$iterations$salt$hash` here."""

import hashlib
import hmac
import json
import struct
from typing import Any

from accounts.hashers.foreign import (
    ForeignHasher,
    digest_of,
    from_base64,
    number,
    salt_of,
    to_base64,
    whole,
)

MAX_ITERATIONS = 2_000_000
KEYCLOAK_DIGESTS = {"pbkdf2": "sha1", "pbkdf2-sha256": "sha256", "pbkdf2-sha512": "sha512"}
IDENTITY_DIGESTS = {0: "sha1", 1: "sha256", 2: "sha512"}


class Pbkdf2Hasher(ForeignHasher):
    algorithm = "foreign_pbkdf2"

    @classmethod
    def of(cls, digest: str, iterations: str | int, salt: bytes, derived: bytes) -> str:
        body = f"{digest}${iterations}${to_base64(salt)}${to_base64(derived)}"
        cls._read(body)
        return f"{cls.algorithm}${body}"

    def matches(self, password: bytes, body: str) -> bool:
        digest, iterations, salt, derived = self._read(body)
        return hmac.compare_digest(
            hashlib.pbkdf2_hmac(digest, password, salt, iterations, len(derived)), derived
        )

    @staticmethod
    def _read(body: str) -> tuple[str, int, bytes, bytes]:
        digest, iterations, salt, derived = whole(body, r"(sha1|sha256|sha512)\$([0-9]+)\$([^$]+)\$([^$]+)")
        count = number(iterations, least=1, most=MAX_ITERATIONS, name="iteration count")
        return digest, count, salt_of(salt), digest_of(derived)


def from_django(text: str) -> str:
    """Django's `pbkdf2_sha256$iterations$salt$hash`; the salt is text."""
    digest, iterations, salt, derived = whole(text, r"pbkdf2_(sha1|sha256)\$([0-9]+)\$([^$]+)\$([^$]+)")
    return Pbkdf2Hasher.of(digest, iterations, salt.encode(), digest_of(derived))


def from_passlib(text: str) -> str:
    """passlib's `$pbkdf2-sha256$rounds$salt$hash`, in its base64 with a dot for the plus."""
    name, rounds, salt, derived = whole(
        text, r"\$(pbkdf2(?:-sha256|-sha512)?)\$([0-9]+)\$([A-Za-z0-9./]+)\$([A-Za-z0-9./]+)"
    )
    salt, derived = salt.replace(".", "+"), derived.replace(".", "+")
    return Pbkdf2Hasher.of(KEYCLOAK_DIGESTS[name], rounds, salt_of(salt), digest_of(derived))


def from_keycloak(text: str) -> str:
    """A password credential of a Keycloak realm export: JSON with `secretData` and `credentialData` in it."""
    try:
        credential = json.loads(text)
        secret, about = (_object(credential[name]) for name in ("secretData", "credentialData"))
        digest = KEYCLOAK_DIGESTS[about["algorithm"]]
        salt, derived, iterations = secret["salt"], secret["value"], about["hashIterations"]
    except (KeyError, TypeError, RecursionError):
        raise ValueError("it is not a Keycloak credential hashed with PBKDF2") from None
    return Pbkdf2Hasher.of(digest, iterations, salt_of(str(salt)), digest_of(str(derived)))


def _object(value: Any) -> Any:
    """Keycloak writes JSON into a string of its JSON."""
    return json.loads(value) if isinstance(value, str) else value


def from_aspnet_identity(text: str) -> str:
    """ASP.NET Core Identity, version 3: a byte 1, then digest, iterations and length of the salt, big-endian."""
    raw = from_base64(text, least=13 + 16 + 16, most=13 + 64 + 64, name="text")
    version, digest, iterations, salt_length = struct.unpack(">BIII", raw[:13])
    if version != 1 or digest not in IDENTITY_DIGESTS:
        raise ValueError("it is not a hash of ASP.NET Core Identity version 3")
    salt, derived = raw[13 : 13 + salt_length], raw[13 + salt_length :]
    return Pbkdf2Hasher.of(IDENTITY_DIGESTS[digest], iterations, salt, derived)
