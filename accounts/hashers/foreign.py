"""What hashes of other systems have in common: they are only verified, within bounds, and never made here.

At rest such a hash is `foreign_<name>$<body>`. Each module below reads its body by one strict function, at the import
and again at each check: what is malformed, or would take too long, belongs to no password.
"""

import binascii
import re
from base64 import b64decode, b64encode
from typing import Any, NoReturn

from django.contrib.auth.hashers import BasePasswordHasher

PREFIX = "foreign_"
SHORTEST_DIGEST, LONGEST_DIGEST = 16, 64
LONGEST_SALT = 64


class ForeignHasher(BasePasswordHasher):
    """A hash that another system made. The login that proves it replaces it by one of ours."""

    def matches(self, password: bytes, body: str) -> bool:
        """Whether the password made this hash; raises `ValueError` where the body is none of ours."""
        raise NotImplementedError

    def verify(self, password: str, encoded: str) -> bool:
        try:
            return self.matches(password.encode(), encoded.partition("$")[2])
        except ValueError:
            return False

    def encode(self, password: str, salt: str) -> NoReturn:
        raise NotImplementedError("foreign hashes are verified, never made")

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return {"algorithm": self.algorithm}


def whole(text: str, pattern: str) -> tuple[str, ...]:
    """The groups of a pattern that must fit the whole text; raises `ValueError`."""
    found = re.fullmatch(pattern, text)
    if found is None:
        raise ValueError("it is not of the form that this kind has")
    return found.groups()


def number(text: str | int, *, least: int, most: int, name: str) -> int:
    """A work factor within what one login may cost; raises `ValueError`."""
    if isinstance(text, bool) or not (str(text).isascii() and str(text).isdigit() and len(str(text)) < 10):
        raise ValueError(f"its {name} is not a number")
    value = int(text)
    if not least <= value <= most:
        raise ValueError(f"its {name} is {value}; it must be from {least} to {most}")
    return value


def from_base64(text: str, *, least: int, most: int, name: str) -> bytes:
    """Bytes in base64, padded or not, of a length within bounds; raises `ValueError`."""
    try:
        raw = b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"its {name} is not base64") from None
    if not least <= len(raw) <= most:
        raise ValueError(f"its {name} has {len(raw)} bytes; it must have {least} to {most}")
    return raw


def salt_of(text: str) -> bytes:
    return from_base64(text, least=1, most=LONGEST_SALT, name="salt")


def digest_of(text: str) -> bytes:
    """An empty digest would fit every password: shorter ones than any tool makes are refused."""
    return from_base64(text, least=SHORTEST_DIGEST, most=LONGEST_DIGEST, name="digest")


def to_base64(raw: bytes) -> str:
    return b64encode(raw).decode().rstrip("=")
