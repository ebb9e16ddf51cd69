"""Keyed hashes, sealed text and fresh secrets. Every purpose has its own key, derived by HKDF (RFC 5869)."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SECRET_BYTES = 32


class Unsealable(Exception):
    """A sealed text was made with a key that is no longer configured, or was tampered with."""


def new_secret(prefix: str) -> str:
    """A fresh secret of 256 random bits behind a typed prefix, such as `jnu_rt_`."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def derive_key(label: str, length: int = 32) -> bytes:
    """The key of one purpose, derived from the master secret."""
    return _hkdf(settings.JANUA_MASTER_SECRET.encode(), label, length)


def keyed_hash(purpose: str, data: str | bytes) -> str:
    """HMAC-SHA-256 in hexadecimal: how high-entropy secrets are stored and looked up."""
    return hmac.new(derive_key(f"hash:{purpose}"), _bytes(data), hashlib.sha256).hexdigest()


def keyed_secret(purpose: str, data: str) -> str:
    """A secret that can be computed again from `data`, and only by us: 256 bits in URL-safe base64."""
    digest = hmac.new(derive_key(f"secret:{purpose}"), data.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def seal(purpose: str, text: str) -> str:
    """Encrypt and authenticate; the key's id stands in front, so that a re-seal finds what is old."""
    key = settings.JANUA_FIELD_KEYS[0]
    return f"{key_id(key)}${_fernet(key, purpose).encrypt(text.encode()).decode()}"


def unseal(purpose: str, sealed: str) -> str:
    """The text that was sealed for this purpose; raises `Unsealable`."""
    wanted, _, token = sealed.partition("$")
    for key in settings.JANUA_FIELD_KEYS:
        if key_id(key) == wanted:
            try:
                return _fernet(key, purpose).decrypt(token.encode()).decode()
            except InvalidToken as error:
                raise Unsealable(f"a value sealed for {purpose!r} does not open") from error
    raise Unsealable(f"no configured field key has the id {wanted!r}")


def aes_ctr_stream(key: bytes, length: int) -> bytes:
    """The first bytes of AES-CTR's key stream from a counter of zero: what Firebase's password hashes come down to."""
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(bytes(length))


@cache
def key_id(key: str) -> str:
    """A short public name of a field key."""
    return hashlib.sha256(b"janua field key " + key.encode()).hexdigest()[:8]


@cache
def _hkdf(secret: bytes, label: str, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=b"janua", info=label.encode()).derive(secret)


@cache
def _fernet(key: str, purpose: str) -> Fernet:
    return Fernet(urlsafe_b64encode(_hkdf(urlsafe_b64decode(key), f"seal:{purpose}", 32)))


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
