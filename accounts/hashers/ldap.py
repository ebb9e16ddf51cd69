"""Salted digests of LDAP directories (RFC 2307 and its common extension): `{SSHA}` and `{SSHA512}`."""

import hashlib
import hmac

from accounts.hashers.foreign import ForeignHasher, from_base64, whole

DIGESTS = {"SSHA": "sha1", "SSHA512": "sha512"}


class LdapHasher(ForeignHasher):
    algorithm = "foreign_ldap"

    @classmethod
    def imported(cls, text: str) -> str:
        cls._read(text)
        return f"{cls.algorithm}${text}"

    def matches(self, password: bytes, body: str) -> bool:
        name, derived, salt = self._read(body)
        return hmac.compare_digest(hashlib.new(name, password + salt).digest(), derived)

    @staticmethod
    def _read(text: str) -> tuple[str, bytes, bytes]:
        scheme, encoded = whole(text, r"\{(SSHA|SSHA512)\}(.+)")
        size = hashlib.new(DIGESTS[scheme]).digest_size
        raw = from_base64(encoded, least=size + 1, most=size + 64, name="digest")
        return DIGESTS[scheme], raw[:size], raw[size:]
