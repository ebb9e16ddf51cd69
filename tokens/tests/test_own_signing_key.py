"""An operator may bring the signing key (JWT_PRIVATE_KEY_PATH); a wrong one is refused in one line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from core import clock
from core.errors import Conflict
from tokens.models import SigningKey
from tokens.services import keys

NOW = clock.now()
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(key: Any, password: bytes | None = None) -> bytes:
    encryption = s.BestAvailableEncryption(password) if password else s.NoEncryption()
    return bytes(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, encryption))


def public_pem(key: Any) -> bytes:
    return bytes(key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo))


@pytest.fixture
def bring(janua_options: Any, tmp_path: Path) -> Callable[..., None]:
    """Configure a private key file, perhaps with a public one, and start."""

    def start(private: bytes, public: bytes | None = None, algorithm: str = "RS256") -> None:
        options: dict[str, Any] = {"jwt_algorithm": algorithm, "jwt_private_key_path": tmp_path / "key.pem"}
        options["jwt_private_key_path"].write_bytes(private)
        options["jwt_public_key_path"] = None
        if public is not None:
            options["jwt_public_key_path"] = tmp_path / "key.pub.pem"
            options["jwt_public_key_path"].write_bytes(public)
        janua_options(**options)
        keys.ensure_keys(now=NOW)

    return start


def test_the_own_key_signs_and_there_is_no_next(bring: Any, rsa_key: Any) -> None:
    bring(pem(rsa_key), public_pem(rsa_key))
    key = SigningKey.objects.get(algorithm="RS256")
    assert key.state == "current"
    assert keys.ring().current.kid == key.kid
    assert key.private_pem == pem(rsa_key).decode()


def test_a_second_start_keeps_it(bring: Any, rsa_key: Any) -> None:
    bring(pem(rsa_key))
    before = set(SigningKey.objects.values_list("kid", "state"))
    bring(pem(rsa_key))
    assert set(SigningKey.objects.values_list("kid", "state")) == before


def test_the_other_algorithms_keep_keys_that_janua_makes(bring: Any, rsa_key: Any) -> None:
    bring(pem(rsa_key), algorithm="PS256")
    found = set(SigningKey.objects.values_list("algorithm", "state"))
    others = {(algorithm, state) for algorithm in ("RS256", "ES256") for state in ("current", "next")}
    assert found == {("PS256", "current"), *others}
    keys.rotate_signing_key(now=NOW, algorithm="ES256", at_once=True)


def test_a_key_is_for_one_algorithm(bring: Any, rsa_key: Any) -> None:
    """RFC 8725 section 3.1."""
    bring(pem(rsa_key))
    with pytest.raises(SystemExit, match="has signed RS256; bring another for PS256"):
        bring(pem(rsa_key), algorithm="PS256")


def test_a_p256_key_for_es256(bring: Any) -> None:
    bring(pem(ec.generate_private_key(ec.SECP256R1())), algorithm="ES256")
    assert keys.ring().current.algorithm == "ES256"


def test_what_signed_before_retires_and_stays_published(bring: Any, rsa_key: Any) -> None:
    keys.ensure_keys(now=NOW)
    made = keys.ring().current.kid
    bring(pem(rsa_key))
    assert SigningKey.objects.get(kid=made).state == "retired"
    assert made in {key["kid"] for key in keys.ring().jwks}
    assert not SigningKey.objects.filter(algorithm="RS256", state="next").exists()


def test_the_own_key_may_come_back(bring: Any, rsa_key: Any) -> None:
    bring(pem(rsa_key))
    first = keys.ring().current.kid
    bring(pem(rsa.generate_private_key(65537, 2048)))
    bring(pem(rsa_key))
    assert keys.ring().current.kid == first
    back = SigningKey.objects.get(kid=first)
    assert (back.dead_at, back.private_pem) == (None, pem(rsa_key).decode())


def test_it_is_not_rotated_by_us(bring: Any, rsa_key: Any) -> None:
    bring(pem(rsa_key))
    with pytest.raises(Conflict, match="JWT_PRIVATE_KEY_PATH"):
        keys.rotate_signing_key(now=NOW, at_once=True)


def test_a_revoked_key_is_not_taken_up_again(bring: Any, rsa_key: Any, janua_options: Any) -> None:
    bring(pem(rsa_key))
    stolen = keys.ring().current.kid
    janua_options(jwt_private_key_path=None)
    keys.revoke_signing_key(kid=stolen, now=NOW)
    with pytest.raises(SystemExit, match="revoked"):
        bring(pem(rsa_key))
    assert SigningKey.objects.get(kid=stolen).state == "revoked"


def test_without_the_file_janua_makes_keys_again(bring: Any, rsa_key: Any, janua_options: Any) -> None:
    bring(pem(rsa_key))
    janua_options(jwt_private_key_path=None)
    keys.ensure_keys(now=NOW)
    assert set(SigningKey.objects.values_list("state", flat=True)) == {"current", "next"}


WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "no PEM": (lambda: b"nonsense", "RS256"),
    "empty": (lambda: b"", "RS256"),
    "a public key": (lambda: public_pem(rsa.generate_private_key(65537, 2048)), "RS256"),
    "a short RSA key": (lambda: pem(rsa.generate_private_key(65537, 1024)), "RS256"),
    "an encrypted key": (lambda: pem(ec.generate_private_key(ec.SECP256R1()), b"secret"), "ES256"),
    "an EC key for RS256": (lambda: pem(ec.generate_private_key(ec.SECP256R1())), "RS256"),
    "an RSA key for ES256": (lambda: pem(rsa.generate_private_key(65537, 2048)), "ES256"),
    "another curve": (lambda: pem(ec.generate_private_key(ec.SECP384R1())), "ES256"),
    "another kind": (lambda: pem(ed25519.Ed25519PrivateKey.generate()), "RS256"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_key_is_refused_in_one_line(bring: Any, case: str) -> None:
    make, algorithm = WRONG[case]
    with pytest.raises(SystemExit) as caught:
        bring(make(), algorithm=algorithm)
    line = str(caught.value)
    assert line.startswith("janua: JWT_PRIVATE_KEY_PATH: ")
    assert "\n" not in line
    assert not SigningKey.objects.filter(algorithm=algorithm).exists()


@pytest.mark.parametrize("public", ["of another key", "no PEM"])
def test_a_public_half_that_does_not_fit_is_refused_in_one_line(
    bring: Any, rsa_key: Any, public: str
) -> None:
    others = public_pem(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(SystemExit, match="janua: JWT_PUBLIC_KEY_PATH") as caught:
        bring(pem(rsa_key), others if public == "of another key" else b"nonsense")
    assert "\n" not in str(caught.value)
