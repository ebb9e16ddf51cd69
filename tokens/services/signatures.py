"""RS256, PS256 and ES256 over prepared keys (RFC 7518 sections 3.3 to 3.5): each token of ours costs one of these.

The keys are parsed once, and nothing but the arithmetic is left for the request.
"""

from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

_SHA256 = SHA256()
_ECDSA = ec.ECDSA(_SHA256)
_PADDINGS: dict[str, AsymmetricPadding] = {"RS256": PKCS1v15(), "PS256": PSS(MGF1(_SHA256), salt_length=32)}
_HALF = 32  # bytes of r and of s on P-256

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class Signature(Protocol):
    """One key with its one algorithm."""

    def sign(self, data: bytes) -> bytes: ...

    def is_valid(self, signature: bytes, data: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class _RsaSignature:
    padding: AsymmetricPadding
    public: rsa.RSAPublicKey
    private: rsa.RSAPrivateKey | None

    def sign(self, data: bytes) -> bytes:
        assert self.private is not None
        return self.private.sign(data, self.padding, _SHA256)

    def is_valid(self, signature: bytes, data: bytes) -> bool:
        try:
            self.public.verify(signature, data, self.padding, _SHA256)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class _EcdsaSignature:
    """JWS has r and s side by side, where everybody else has DER."""

    public: ec.EllipticCurvePublicKey
    private: ec.EllipticCurvePrivateKey | None

    def sign(self, data: bytes) -> bytes:
        assert self.private is not None
        r, s = decode_dss_signature(self.private.sign(data, _ECDSA))
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)

    def is_valid(self, signature: bytes, data: bytes) -> bool:
        if len(signature) != 2 * _HALF:
            return False
        r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
        try:
            self.public.verify(encode_dss_signature(r, s), data, _ECDSA)
        except InvalidSignature:
            return False
        return True


def prepare(algorithm: str, public: PublicKey, private: PrivateKey | None = None) -> Signature:
    """What signs (given the private half) and verifies by this key with this algorithm, and no other."""
    if isinstance(public, rsa.RSAPublicKey):
        assert private is None or isinstance(private, rsa.RSAPrivateKey)
        return _RsaSignature(_PADDINGS[algorithm], public, private)
    assert algorithm == "ES256"
    assert private is None or isinstance(private, ec.EllipticCurvePrivateKey)
    return _EcdsaSignature(public, private)
