"""An authenticator made of Python, with every knob turned as a test likes: what browsers would never let through.

It speaks WebAuthn Level 3 on its own: CBOR, COSE and signatures are made here, not by the library under test.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
ES256, EDDSA, RS256, ES384 = -7, -8, -257, -35


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(kw_only=True)
class Authenticator:
    """One credential in one authenticator. Change a field, and the next ceremony is told that way."""

    origin: str
    rp_id: str
    alg: int = ES256
    is_verified: bool = True
    is_present: bool = True
    is_synced: bool = False
    count: int = 0
    steps: int = 1
    cross_origin: Any = False
    aaguid: bytes = bytes(16)
    format: str = "none"
    maker: Any = None  # who vouches for it (tests/support/attestation.py); itself without one
    type: str = ""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: str = ""
    key: Any = None
    cose: Any = None  # instead of what tells the public key
    statement: Any = None  # instead of the attestation statement

    def __post_init__(self) -> None:
        self.key = self.key or _new_key(self.alg)

    def register(self, options: dict[str, Any], **more: Any) -> dict[str, Any]:
        """As `navigator.credentials.create()` with these options."""
        self.handle = options["user"]["id"]
        client_data = self._client_data("webauthn.create", options["challenge"])
        attested = self.aaguid + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        public = _cose(self.key, self.alg) if self.cose is None else self.cose
        data = self._data(AT) + attested + cbor2.dumps(public)
        told = {"fmt": self.format, "attStmt": self._statement(data, client_data), "authData": data}
        attestation = cbor2.dumps(told, value_sharing=True)
        response = {
            "clientDataJSON": b64(client_data),
            "attestationObject": b64(attestation),
            "transports": ["internal", "telepathy"],
        }
        return self._credential(response, more)

    def sign(self, options: dict[str, Any], *, handle: str | None = "", **more: Any) -> dict[str, Any]:
        """As `navigator.credentials.get()` with these options; `handle=None` tells none."""
        self.count += self.steps
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(0)
        signature = _sign(self.key, data + hashlib.sha256(client_data).digest())
        response: dict[str, Any] = {
            "clientDataJSON": b64(client_data),
            "authenticatorData": b64(data),
            "signature": b64(signature),
        }
        if handle is not None:
            response["userHandle"] = handle or self.handle
        return self._credential(response, more)

    def _statement(self, data: bytes, client_data: bytes) -> Any:
        """By its maker or by itself (section 8.2.1)."""
        if self.statement is not None or self.format != "packed":
            return self.statement or {}
        signed = data + hashlib.sha256(client_data).digest()
        return self.maker.attest(signed) if self.maker else {"alg": self.alg, "sig": _sign(self.key, signed)}

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {"type": self.type or kind, "challenge": challenge, "origin": self.origin}
        if self.cross_origin is not None:
            told["crossOrigin"] = self.cross_origin
        return json.dumps(told).encode()

    def _data(self, extra: int) -> bytes:
        flags = extra | (UP if self.is_present else 0) | (UV if self.is_verified else 0)
        flags |= (BE | BS) if self.is_synced else 0
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _credential(self, response: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
        told = b64(self.credential_id)
        return {
            "id": told,
            "rawId": told,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": response,
            **more,
        }


def _new_key(alg: int) -> Any:
    if alg == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    if alg == RS256:
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP384R1() if alg == ES384 else ec.SECP256R1())


def _cose(key: Any, alg: int) -> dict[int, Any]:
    """RFC 9053: the public key."""
    public = key.public_key()
    if alg == EDDSA:
        return {1: 1, 3: alg, -1: 6, -2: public.public_bytes_raw()}
    numbers = public.public_numbers()
    if alg == RS256:
        return {1: 3, 3: alg, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")}
    size, curve = (48, 2) if alg == ES384 else (32, 1)
    return {1: 2, 3: alg, -1: curve, -2: numbers.x.to_bytes(size, "big"), -3: numbers.y.to_bytes(size, "big")}


def _sign(key: Any, data: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        signature: bytes = key.sign(data)
    elif isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(data, ec.ECDSA(hashes.SHA256()))
    return signature
