"""How passwords rest."""

from accounts.hashers.argon2id import Argon2idHasher

__all__ = ["Argon2idHasher"]
