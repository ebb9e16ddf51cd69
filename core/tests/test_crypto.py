"""Every purpose has its own key; sealed text opens with its own key only; secrets are fresh and long."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from core import crypto


def test_sealed_text_opens_again() -> None:
    assert crypto.unseal("note", crypto.seal("note", "zażółć 🌍")) == "zażółć 🌍"


def test_sealing_twice_gives_two_texts() -> None:
    assert crypto.seal("note", "same") != crypto.seal("note", "same")


def test_the_sealed_text_shows_nothing_of_the_text() -> None:
    assert "velvet" not in crypto.seal("note", "plum-tractor-velvet-94")


def test_text_sealed_for_one_purpose_does_not_open_for_another() -> None:
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("mail", crypto.seal("note", "text"))


def test_tampered_text_does_not_open() -> None:
    sealed = crypto.seal("note", "text")
    last = "A" if sealed[-5] != "A" else "B"
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("note", sealed[:-5] + last + sealed[-4:])


@pytest.mark.parametrize("sealed", ["", "clear text", "12345678$", "12345678$garbage"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("note", sealed)


def test_an_older_key_still_opens_and_the_newest_seals(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.JANUA_FIELD_KEYS = (old,)
    sealed = crypto.seal("note", "text")
    settings.JANUA_FIELD_KEYS = (new, old)
    assert crypto.unseal("note", sealed) == "text"
    assert crypto.seal("note", "text").startswith(crypto.key_id(new) + "$")


def test_without_its_key_sealed_text_stays_shut(settings: Any) -> None:
    sealed = crypto.seal("note", "text")
    settings.JANUA_FIELD_KEYS = (Fernet.generate_key().decode(),)
    with pytest.raises(crypto.Unsealable, match="no configured field key"):
        crypto.unseal("note", sealed)


def test_a_keyed_hash_hangs_on_purpose_data_and_master_secret(settings: Any) -> None:
    first = crypto.keyed_hash("session", "secret")
    assert first == crypto.keyed_hash("session", b"secret")
    assert len(first) == 64
    assert first != crypto.keyed_hash("refresh-token", "secret")
    assert first != crypto.keyed_hash("session", "secret2")
    settings.JANUA_MASTER_SECRET = "another master secret of forty characters"
    assert first != crypto.keyed_hash("session", "secret")


def test_a_keyed_secret_can_be_computed_again_and_differs_from_the_hash() -> None:
    first = crypto.keyed_secret("successor", "token")
    assert first == crypto.keyed_secret("successor", "token")
    assert len(first) == 43
    assert first != crypto.keyed_secret("successor", "token2")


def test_derived_keys_have_the_length_asked_for() -> None:
    assert len(crypto.derive_key("label")) == 32
    assert len(crypto.derive_key("label", 64)) == 64


def test_new_secrets_have_their_prefix_and_256_bits() -> None:
    secrets = {crypto.new_secret("jnu_xx_") for _ in range(100)}
    assert len(secrets) == 100
    assert all(secret.startswith("jnu_xx_") and len(secret) == len("jnu_xx_") + 43 for secret in secrets)
