"""Taking over people from another system, with the passwords they have."""

from collections.abc import Callable

from accounts.hashers import argon2, bcrypt, ldap, pbkdf2, phpass, scrypt
from core.errors import ValidationFailed

KINDS: dict[str, Callable[[str], str]] = {
    "argon2": argon2.ForeignArgon2Hasher.imported,
    "aspnet_identity": pbkdf2.from_aspnet_identity,
    "bcrypt": bcrypt.BcryptHasher.imported,
    "django_argon2": argon2.ForeignArgon2Hasher.imported,
    "django_pbkdf2": pbkdf2.from_django,
    "django_scrypt": scrypt.from_django,
    "firebase_scrypt": scrypt.from_firebase,
    "keycloak": pbkdf2.from_keycloak,
    "ldap": ldap.LdapHasher.imported,
    "passlib_pbkdf2": pbkdf2.from_passlib,
    "phpass": phpass.PhpassHasher.imported,
}
MAX_LENGTH = 4096


def foreign_hash(kind: str, text: str) -> str:
    """What to put into `User.password` for a hash of another system; raises `ValidationFailed`.

    It is verified at the person's next login by password, and becomes one of ours in it.
    """
    convert = KINDS.get(kind)
    if convert is None:
        raise _refused(f"There is no kind of hash {kind!r}. Known: {', '.join(sorted(KINDS))}.")
    if len(text) > MAX_LENGTH:
        raise _refused(f"The {kind} hash is longer than any.")
    try:
        return convert(text)
    except ValueError as error:
        raise _refused(f"The {kind} hash cannot be taken over: {error}.") from None


def _refused(sentence: str) -> ValidationFailed:
    return ValidationFailed(sentence, reason="foreign_hash", details={"password_hash": [sentence]})
