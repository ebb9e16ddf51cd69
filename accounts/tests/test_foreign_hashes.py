"""Hashes of other systems verify as their tools document it, within bounds, and at the cost of our own at least."""

import json
from typing import Any

import pytest

from accounts import passwords
from accounts.hashers import argon2, scrypt
from accounts.services.imports import KINDS, foreign_hash
from core.errors import ValidationFailed

FIREBASE_PROJECT = (
    "8$14$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
)


def keycloak(algorithm: str, iterations: Any, salt: str, value: str) -> str:
    """A credential as a realm export holds it: JSON in strings of JSON."""
    return json.dumps(
        {
            "type": "password",
            "secretData": json.dumps({"value": value, "salt": salt, "additionalParameters": {}}),
            "credentialData": json.dumps({"hashIterations": iterations, "algorithm": algorithm}),
        }
    )


# (kind, the text that its tool wrote, the password): from each tool's documentation or own tests.
KNOWN = [
    ("argon2", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password"),
    ("argon2", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA", "password"),
    ("aspnet_identity", "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==", "my password"),
    ("bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
    ("bcrypt", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
    ("bcrypt", "$2b$12$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m", "password"),
    ("django_pbkdf2", "pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=", "lètmein"),
    ("django_pbkdf2", "pbkdf2_sha1$10000$wz5B6WkasRoF$atJmJ1o+XfJxKq1+Nu1f1i57Z5I=", "not a password"),
    ("django_scrypt", "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==", "lètmein"),
    ("firebase_scrypt", f"{FIREBASE_PROJECT}$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==", "user1password"),
    ("firebase_scrypt", f"{FIREBASE_PROJECT}$42xEC-ixf3L2lw==$lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==", "user1password"),
    ("keycloak", keycloak("pbkdf2-sha256", 10000, "AAECAwQFBgcICQoLDA0ODw==", "sllO6y4FMD2W9SLbJq2u3G8cNhBacKVRSBLT/iSLlBM="), "my password"),
    ("ldap", "{SSHA}pKqkNr1tq3wtQqk+UcPyA3HnA2NsU5NJ", "password"),
    ("passlib_pbkdf2", "$pbkdf2$1212$OB.dtnSEXZK8U5cgxU/GYQ$y5LKPOplRmok7CZp/aqVDVg8zGI", "password"),
    ("passlib_pbkdf2", "$pbkdf2-sha256$8000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE", "password"),
    ("passlib_pbkdf2", "$pbkdf2-sha512$1212$RHY0Fr3IDMSVO/RSZyb5ow$eNLfBK.eVozomMr.1gYa17k9B7KIK25NOEshvhrSX.esqY3s.FvWZViXz4KoLlQI.BzY/YTNJOiKc5gBYFYGww", "password"),
    ("phpass", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", "test12345"),
    ("phpass", "$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", "test12345"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "password"), KNOWN)
def test_the_documented_password_is_right_and_others_are_not(kind: str, text: str, password: str) -> None:
    encoded = foreign_hash(kind, text)
    assert len(encoded) <= 256
    assert passwords.is_correct(password, encoded)
    for other in (password + "x", password[:-1], password.swapcase(), ""):
        assert not passwords.is_correct(other, encoded)
    assert passwords.is_outdated(encoded)


def test_what_other_tools_make_now_is_taken_over() -> None:
    """Django's and argon2-cffi's present defaults stay within the bounds."""
    import argon2 as library
    from django.contrib.auth import hashers

    for kind, hasher in (
        ("django_argon2", hashers.Argon2PasswordHasher()),
        ("django_scrypt", hashers.ScryptPasswordHasher()),
        ("django_pbkdf2", hashers.PBKDF2PasswordHasher()),
        ("django_pbkdf2", hashers.PBKDF2SHA1PasswordHasher()),
    ):
        assert passwords.is_correct("crème", foreign_hash(kind, hasher.encode("crème", "a salt of ours 22")))
    assert passwords.is_correct("crème", foreign_hash("argon2", library.PasswordHasher().hash("crème")))


def test_ssha512_is_digest_and_salt() -> None:
    import hashlib
    from base64 import b64encode

    raw = hashlib.sha512(b"password" + b"salt").digest() + b"salt"
    assert passwords.is_correct("password", foreign_hash("ldap", "{SSHA512}" + b64encode(raw).decode()))


def test_the_signer_key_of_a_firebase_project_does_not_come_along() -> None:
    kind, text, _ = next(known for known in KNOWN if known[0] == "firebase_scrypt")
    assert FIREBASE_PROJECT.split("$")[3][:16] not in foreign_hash(kind, text)


def test_the_password_is_taken_as_it_was_typed() -> None:
    """Other systems do not normalize: an e with an accent of its own makes another hash there."""
    import bcrypt

    decomposed = "creme\u0300"
    encoded = foreign_hash("bcrypt", bcrypt.hashpw(decomposed.encode(), bcrypt.gensalt(4)).decode())
    assert passwords.is_correct(decomposed, encoded)


def test_nul_does_not_end_a_password_for_bcrypt() -> None:
    encoded = foreign_hash("bcrypt", KNOWN[3][1])
    assert not passwords.is_correct("U*U\0", encoded)


def test_bcrypt_looks_at_72_bytes() -> None:
    import bcrypt

    long = "x" * 72
    encoded = foreign_hash("bcrypt", bcrypt.hashpw(long.encode(), bcrypt.gensalt(4)).decode())
    assert passwords.is_correct(long + "anything", encoded)
    assert not passwords.is_correct("x" * 71, encoded)


DIGEST = "A" * 43
REFUSED = [
    ("md5", "5f4dcc3b5aa765d61d8327deb882cf99"),
    ("bcrypt", ""),
    ("bcrypt", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("bcrypt", "$2a$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("bcrypt", "$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("bcrypt", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n"),
    ("django_pbkdf2", f"pbkdf2_sha256$2000001$salt${DIGEST}"),
    ("django_pbkdf2", f"pbkdf2_sha256$0$salt${DIGEST}"),
    ("django_pbkdf2", f"pbkdf2_sha256$99999999999999999999$salt${DIGEST}"),
    ("django_pbkdf2", "pbkdf2_sha256$1000$salt$"),
    ("django_pbkdf2", "pbkdf2_sha256$1000$salt$AAAA"),
    ("django_pbkdf2", f"pbkdf2_md5$1000$salt${DIGEST}"),
    ("django_pbkdf2", f"pbkdf2_sha256$1000$salt${'A' * 2000}"),
    ("django_scrypt", f"scrypt$1048576$salt$8$1${DIGEST}"),
    ("django_scrypt", f"scrypt$16384$salt$64$1${DIGEST}"),
    ("django_scrypt", f"scrypt$16384$salt$8$99999${DIGEST}"),
    ("django_scrypt", f"scrypt$16383$salt$8$1${DIGEST}"),
    ("firebase_scrypt", f"8$20$Bw==${'A' * 86}$42xEC+ixf3L2lw==${'A' * 86}"),
    ("firebase_scrypt", f"99999$14$Bw==${'A' * 86}$42xEC+ixf3L2lw==${'A' * 86}"),
    ("firebase_scrypt", f"8$14$Bw==$AAAA$42xEC+ixf3L2lw==${'A' * 86}"),
    ("argon2", f"$argon2id$v=19$m=1048576,t=2,p=1$c29tZXNhbHQ${DIGEST}"),
    ("argon2", f"$argon2id$v=19$m=131072,t=5,p=1$c29tZXNhbHQ${DIGEST}"),
    ("argon2", f"$argon2id$v=19$m=64,t=4294967295,p=1$c29tZXNhbHQ${DIGEST}"),
    ("argon2", f"$argon2id$v=16$m=64,t=2,p=1$c29tZXNhbHQ${DIGEST}"),
    ("argon2", "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$"),
    ("aspnet_identity", "AQ=="),
    ("aspnet_identity", "AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg=="),
    ("aspnet_identity", "AQAAAAH/////AAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw=="),
    ("aspnet_identity", "AQAAAAEAACcQ/////wABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw=="),
    ("keycloak", "{}"),
    ("keycloak", "[]"),
    ("keycloak", "nonsense"),
    ("keycloak", "[" * 4000),
    ("keycloak", keycloak("pbkdf2-sha256", 10**9, "c2FsdA==", DIGEST)),
    ("keycloak", keycloak("pbkdf2-sha256", True, "c2FsdA==", DIGEST)),
    ("keycloak", keycloak("pbkdf2-sha256", -1, "c2FsdA==", DIGEST)),
    ("keycloak", keycloak("pbkdf2-sha256", 1.5, "c2FsdA==", DIGEST)),
    ("keycloak", keycloak("argon2", 5, "c2FsdA==", DIGEST)),
    ("ldap", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="),
    ("ldap", "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="),
    ("ldap", "{SSHA}!!!!"),
    ("passlib_pbkdf2", "$pbkdf2-sha256$1212$4vjV83LKPjQzk31VI4E0Vw$"),
    ("phpass", "$P$UIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
    ("phpass", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L"),
    ("phpass", "x" * 5000),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_what_is_malformed_weak_or_too_dear_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        foreign_hash(kind, text)
    assert caught.value.reason == "foreign_hash"
    assert len(caught.value.detail) < 400


def test_every_kind_has_a_known_answer() -> None:
    assert {known[0] for known in KNOWN} | {"django_argon2"} == set(KINDS)


@pytest.mark.parametrize(
    "encoded",
    [
        "foreign_bcrypt$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        f"foreign_pbkdf2$sha256$999999999$c2FsdA${DIGEST}",
        "foreign_pbkdf2$sha256$1000$c2FsdA$",
        f"foreign_scrypt$1048576$64$16$c2FsdA${DIGEST}",
        f"foreign_argon2$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ${DIGEST}",
        "foreign_nothing$x",
        "foreign_",
    ],
)
def test_a_row_that_no_import_wrote_opens_nothing_and_hangs_nothing(encoded: str) -> None:
    """Whoever writes the column past the import meets the same bounds at the check."""
    assert not passwords.is_correct("", encoded)
    assert not passwords.is_correct("password", encoded)


def test_a_wrong_password_costs_one_of_our_hashes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else an account with a quick foreign hash would answer sooner than nobody does."""
    passwords._nobodys_hash.cache_clear()  # another test may have made it under other settings
    checked: list[str] = []
    real, tried = passwords.check_password, ("tried here alone", "x" * 2000)

    def counting(password: str, encoded: str) -> bool:
        if password.startswith(
            ("tried here alone", "xxx")
        ):  # a request of another test may still be on its way
            checked.append(encoded.partition("$")[0])
        return real(password, encoded)

    monkeypatch.setattr(passwords, "check_password", counting)
    encoded = foreign_hash("ldap", "{SSHA}pKqkNr1tq3wtQqk+UcPyA3HnA2NsU5NJ")
    assert not any(passwords.is_correct(password, encoded) for password in tried)
    assert checked == ["foreign_ldap", "argon2"] * 2


def test_ours_are_outdated_once_the_figures_change(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = passwords.hash_password("plum-tractor-velvet-94")
    assert not passwords.is_outdated(encoded)
    monkeypatch.setattr("accounts.hashers.Argon2idHasher.time_cost", 3)
    assert passwords.is_outdated(encoded)


def test_foreign_hashes_are_never_made() -> None:
    for hasher in (argon2.ForeignArgon2Hasher(), scrypt.ScryptHasher()):
        with pytest.raises(NotImplementedError):
            hasher.encode("password", "salt")
