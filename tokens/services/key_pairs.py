"""Key pairs as such: made, brought by the operator, and opened from their sealed rows."""

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from joserfc.jwk import ECKey, RSAKey

from tokens.services.signatures import PrivateKey

Key = RSAKey | ECKey


def generate(algorithm: str) -> Key:
    return ECKey.generate_key("P-256") if algorithm == "ES256" else RSAKey.generate_key(2048)


def public_jwk(key: Key, algorithm: str) -> dict[str, Any]:
    """As the JWKS shows it; a key is for one algorithm (RFC 8725 section 3.1)."""
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "alg": algorithm, "use": "sig"}


def open_sealed(pem: str) -> Key:
    """A key of our own table. It was checked when it was made: the check takes 50 ms, loading it 0.05 ms."""
    return _as_jwk(load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True))


def open_public(jwk: dict[str, Any]) -> Key:
    """The public half of a key that signs no more."""
    return RSAKey.import_key(jwk) if jwk["kty"] == "RSA" else ECKey.import_key(jwk)


def read_own(path: Path, public_path: Path | None, algorithm: str) -> Key:
    """The operator's key; the start refuses a wrong one with one line."""
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise SystemExit(
            f"janua: JWT_PRIVATE_KEY_PATH: {path} is not an unencrypted PEM private key"
        ) from None
    if not _fits(private, algorithm):
        raise SystemExit(
            f"janua: JWT_PRIVATE_KEY_PATH: {path} is not a key for {algorithm} (RSA >= 2048 bits or P-256)"
        )
    key = _as_jwk(private)
    if public_path and not _is_public_half(public_path, key):
        raise SystemExit("janua: JWT_PUBLIC_KEY_PATH is not the public half of JWT_PRIVATE_KEY_PATH")
    return key


def _fits(private: object, algorithm: str) -> bool:
    if algorithm == "ES256":
        return isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp256r1"
    return isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048


def _as_jwk(private: object) -> Key:
    assert isinstance(private, PrivateKey)
    return RSAKey.import_key(private) if isinstance(private, rsa.RSAPrivateKey) else ECKey.import_key(private)


def _is_public_half(path: Path, key: Key) -> bool:
    try:
        return load_pem_public_key(path.read_bytes()) == key.public_key
    except (OSError, ValueError):
        return False
