"""Argon2 of others (RFC 9106), in the PHC string format; Django puts its own name before it."""

import argon2
from argon2.exceptions import VerificationError

from accounts.hashers.foreign import ForeignHasher, digest_of, number, salt_of, whole

MAX_MEMORY_KIB = 128 * 1024
MAX_WORK_KIB = 512 * 1024
FORM = r"argon2(?:i|d|id)\$v=19\$m=([0-9]+),t=([0-9]+),p=([0-9]+)\$([^$]+)\$([^$]+)"


class ForeignArgon2Hasher(ForeignHasher):
    algorithm = "foreign_argon2"

    @classmethod
    def imported(cls, text: str) -> str:
        body = text.removeprefix("argon2$").removeprefix("$")
        memory, passes, lanes, salt, derived = whole(body, FORM)
        memory_kib = number(memory, least=8, most=MAX_MEMORY_KIB, name="memory cost")
        number(
            memory_kib * number(passes, least=1, most=64, name="time cost"),
            least=1,
            most=MAX_WORK_KIB,
            name="work",
        )
        number(lanes, least=1, most=16, name="parallelism")
        salt_of(salt)
        digest_of(derived)
        return f"{cls.algorithm}${body}"

    def matches(self, password: bytes, body: str) -> bool:
        self.imported(body)
        try:
            return argon2.PasswordHasher().verify(f"${body}", password)
        except VerificationError:
            return False
