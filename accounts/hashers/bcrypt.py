"""bcrypt, as PHP, Node, Ruby on Rails, Auth0 and many others keep it: `$2a$`, `$2b$`, `$2y$`."""

import hmac

import bcrypt

from accounts.hashers.foreign import ForeignHasher, number, whole

MAX_COST = 14  # doubles with each step: about a second
FORM = r"(\$2[aby]\$)([0-9]{2})\$([./A-Za-z0-9]{53})"
COUNTED_BYTES = 72  # what every bcrypt looks at


class BcryptHasher(ForeignHasher):
    algorithm = "foreign_bcrypt"

    @classmethod
    def imported(cls, text: str) -> str:
        _version, cost, _rest = whole(text, FORM)
        number(cost, least=4, most=MAX_COST, name="cost")
        return f"{cls.algorithm}{text}"

    def matches(self, password: bytes, body: str) -> bool:
        stored = f"${body}"
        self.imported(stored)
        if b"\0" in password:  # some bcrypts stop there, others refuse it: nobody has such a password
            return False
        return hmac.compare_digest(bcrypt.hashpw(password[:COUNTED_BYTES], stored.encode()), stored.encode())
