"""phpass' portable hashes, as WordPress (`$P$`) and phpBB (`$H$`) kept them: MD5, many times over."""

import hashlib
import hmac

from accounts.hashers.foreign import ForeignHasher, number, whole

ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAX_LOG2 = 16  # of the rounds: some 50 ms
FORM = r"\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})"


class PhpassHasher(ForeignHasher):
    algorithm = "foreign_phpass"

    @classmethod
    def imported(cls, text: str) -> str:
        cls._read(text)
        return f"{cls.algorithm}{text}"

    def matches(self, password: bytes, body: str) -> bool:
        rounds, salt, wanted = self._read(f"${body}")
        digest = hashlib.md5(salt + password, usedforsecurity=False).digest()
        for _ in range(rounds):
            digest = hashlib.md5(digest + password, usedforsecurity=False).digest()
        return hmac.compare_digest(_in_its_base64(digest), wanted)

    @staticmethod
    def _read(text: str) -> tuple[int, bytes, str]:
        log2, salt, wanted = whole(text, FORM)
        exponent = number(ALPHABET.index(log2), least=7, most=MAX_LOG2, name="cost")
        return 1 << exponent, salt.encode(), wanted


def _in_its_base64(raw: bytes) -> str:
    """Its own base64: little-endian, six bits at a time, without padding."""
    letters = []
    for start in range(0, len(raw), 3):
        group = raw[start : start + 3]
        value = int.from_bytes(group, "little")
        letters += [ALPHABET[value >> 6 * place & 63] for place in range(len(group) + 1)]
    return "".join(letters)
