"""The physical limits, measured beside the product in the same run: what no implementation gets under."""

import time
from collections.abc import Callable

from argon2.low_level import Type, hash_secret
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGNATURES = 100
HASHES = 5


class Limits:
    """One RSA key and one password; each call is a round."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def signature(self) -> float:
        """CPU milliseconds of one RS256 signature."""
        return _milliseconds(
            lambda: self._key.sign(b"x" * 600, padding.PKCS1v15(), hashes.SHA256()), SIGNATURES
        )

    def password_hash(self) -> float:
        """CPU milliseconds of one Argon2id hash with the product's figures (accounts.hashers)."""
        return _milliseconds(
            lambda: hash_secret(b"plum-tractor-velvet-94", b"s" * 16, 2, 19 * 1024, 1, 32, Type.ID), HASHES
        )


def _milliseconds(act: Callable[[], object], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - started) * 1000 / times
