"""The short code that a device shows and a person types (RFC 8628 section 6.1)."""

import re
import secrets

from core import crypto

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so no words; no digits, so nothing to mistake for a letter
LETTERS = frozenset(ALPHABET + ALPHABET.lower())
SEPARATORS = re.compile(r"[\s\u2010-\u2015-]")  # keyboards make long dashes of short ones
LENGTH = 8
MAX_TYPED = 40


def new() -> str:
    """A fresh code in canonical form: 20^8 of them, about 34 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def canonical(typed: str) -> str:
    """The code that somebody typed in any case, with dashes, spaces or neither; nothing if it cannot be one."""
    code = SEPARATORS.sub("", typed[:MAX_TYPED])
    return code.upper() if len(code) == LENGTH and set(code) <= LETTERS else ""


def shown(code: str) -> str:
    """In two halves, as people read it best."""
    return f"{code[:4]}-{code[4:]}"


def hash_of(code: str) -> str:
    """How a canonical code is stored: a copy of the database tells nobody what to type."""
    return crypto.keyed_hash("user-code", code)
