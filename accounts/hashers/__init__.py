"""How passwords rest, and the foreign hashes that are verified once and then become ours."""

from accounts.hashers.argon2id import Argon2idHasher

__all__ = ["Argon2idHasher"]
