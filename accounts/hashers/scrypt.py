"""scrypt (RFC 7914): as Django writes it, and in the way of Firebase."""

import hashlib
import hmac

from accounts.hashers.foreign import ForeignHasher, digest_of, from_base64, number, salt_of, to_base64, whole
from core import crypto

MAX_MEMORY = 64 * 1024 * 1024
MAX_WORK = 16 * MAX_MEMORY
FIREBASE_KEY_BYTES = 64
Cost = tuple[int, int, int]  # N, r and p of RFC 7914


class ScryptHasher(ForeignHasher):
    """`N$r$p$salt$hash`."""

    algorithm = "foreign_scrypt"

    @classmethod
    def of(cls, cost: str, salt: bytes, derived: bytes) -> str:
        body = f"{cost}${to_base64(salt)}${to_base64(derived)}"
        cls._read(body)
        return f"{cls.algorithm}${body}"

    def matches(self, password: bytes, body: str) -> bool:
        cost, salt, derived = self._read(body)
        return hmac.compare_digest(_scrypt(password, salt, cost, len(derived)), derived)

    @staticmethod
    def _read(body: str) -> tuple[Cost, bytes, bytes]:
        n, r, p, salt, derived = whole(body, r"([0-9]+)\$([0-9]+)\$([0-9]+)\$([^$]+)\$([^$]+)")
        return _cost(n, r, p), salt_of(salt), digest_of(derived)


class FirebaseHasher(ForeignHasher):
    """`rounds$mem_cost$salt and separator$key stream`.

    Firebase derives an AES key from the password and encrypts the project's signer key with it. What is kept here is
    the key stream (their hash XOR the signer key): it checks the same, and the signer key need not be in the database.
    """

    algorithm = "foreign_firebase"

    @classmethod
    def of(cls, rounds: str, mem_cost: str, salt: bytes, stream: bytes) -> str:
        body = f"{rounds}${mem_cost}${to_base64(salt)}${to_base64(stream)}"
        cls._read(body)
        return f"{cls.algorithm}${body}"

    def matches(self, password: bytes, body: str) -> bool:
        cost, salt, stream = self._read(body)
        key = _scrypt(password, salt, cost, 32)
        return hmac.compare_digest(crypto.aes_ctr_stream(key, len(stream)), stream)

    @staticmethod
    def _read(body: str) -> tuple[Cost, bytes, bytes]:
        rounds, mem_cost, salt, stream = whole(body, r"([0-9]+)\$([0-9]+)\$([^$]+)\$([^$]+)")
        n = 2 ** number(mem_cost, least=1, most=20, name="mem_cost")
        return (
            _cost(str(n), rounds, "1"),
            from_base64(salt, least=1, most=80, name="salt"),
            from_base64(stream, least=FIREBASE_KEY_BYTES, most=FIREBASE_KEY_BYTES, name="hash"),
        )


def from_django(text: str) -> str:
    """Django's `scrypt$N$salt$r$p$hash`; the salt is text."""
    n, salt, r, p, derived = whole(text, r"scrypt\$([0-9]+)\$([^$]+)\$([0-9]+)\$([0-9]+)\$([^$]+)")
    return ScryptHasher.of(f"{n}${r}${p}", salt.encode(), digest_of(derived))


def from_firebase(text: str) -> str:
    """`rounds$mem_cost$salt_separator$signer_key$salt$hash`: the project's four figures, then the person's two."""
    rounds, mem_cost, separator, signer_key, salt, derived = whole(
        text, r"([0-9]+)\$([0-9]+)\$([^$]*)\$([^$]+)\$([^$]+)\$([^$]+)"
    )
    size = {"least": FIREBASE_KEY_BYTES, "most": FIREBASE_KEY_BYTES}
    key = from_base64(_plain(signer_key), name="signer key", **size)
    encrypted = from_base64(_plain(derived), name="hash", **size)
    stream = bytes(a ^ b for a, b in zip(key, encrypted, strict=True))
    end = from_base64(_plain(separator), least=0, most=16, name="salt separator")
    return FirebaseHasher.of(rounds, mem_cost, salt_of(_plain(salt)) + end, stream)


def _plain(text: str) -> str:
    """Its exports are in URL-safe base64, its console shows the usual one."""
    return text.replace("-", "+").replace("_", "/")


def _cost(n: str, r: str, p: str) -> Cost:
    cost_n = number(n, least=2, most=2**20, name="N")
    cost_r = number(r, least=1, most=64, name="r")
    cost_p = number(p, least=1, most=16, name="p")
    if cost_n & (cost_n - 1):
        raise ValueError("its N is not a power of two")
    memory = 128 * cost_n * cost_r
    if memory > MAX_MEMORY or memory * cost_p > MAX_WORK:
        raise ValueError("it takes more memory or work than one login may cost")
    return cost_n, cost_r, cost_p


def _scrypt(password: bytes, salt: bytes, cost: Cost, length: int) -> bytes:
    n, r, p = cost
    return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=2 * MAX_MEMORY, dklen=length)
