"""What passkeys are bound to is checked at start: a wrong value would be found out by people who cannot sign in."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from janua.config import Config
from mfa import relying_party
from tests.support.attestation import Maker

HERE: dict[str, Any] = {
    "base_url": "https://id.example.com",
    "secret_key": "p1um-tractor-velvet-94-copper-lantern-meadow-31",
    "field_encryption_key": Fernet.generate_key().decode(),
    "smtp_host": "mail.example.com",
}
MODEL = "2FC0579F-8113-47EA-B116-BB5A8DB9202A"


@pytest.mark.parametrize("rp_id", ["", "id.example.com", "example.com"])
def test_passkeys_belong_to_the_host_or_a_parent_of_it(rp_id: str) -> None:
    assert Config(**HERE, webauthn_rp_id=rp_id).webauthn_rp_id == rp_id


def test_lists_are_brought_into_the_form_of_browsers(tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(b"# Ours\n" + Maker().root + b"\n" + Maker(name="Another").root + b"\nThat is all.\n")
    config = Config(
        **HERE,
        webauthn_origins="https://Shop.example/, https://shop.example:8443",
        webauthn_aaguids=f" {MODEL}, {MODEL.replace('-', '')}",
        webauthn_attestation="direct",
        webauthn_roots=roots,
    )
    assert config.webauthn_origins == ("https://shop.example", "https://shop.example:8443")
    assert config.webauthn_aaguids == (MODEL.lower(), MODEL.lower())
    assert len(relying_party.roots(roots)) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"webauthn_rp_id": "com"},
        {"webauthn_rp_id": "ample.com"},
        {"webauthn_rp_id": "a.id.example.com"},
        {"webauthn_rp_id": "example.org"},
        {"webauthn_origins": "http://shop.example"},
        {"webauthn_origins": "https://shop.example/path"},
        {"webauthn_origins": "https://shop.example:443"},
        {"webauthn_origins": "https://someone@shop.example"},
        {"webauthn_origins": "https://"},
        {"webauthn_origins": "shop.example"},
        {"webauthn_origins": "javascript://localhost"},
        {"webauthn_origins": "https://@shop.example"},
        {"webauthn_aaguids": "yubikey"},
        {"webauthn_attestation": "enterprise"},
        {"webauthn_roots": "/nowhere/roots.pem", "webauthn_attestation": "direct"},
        {"webauthn_roots": __file__},
        {"webauthn_roots": __file__, "webauthn_attestation": "direct"},
        {"webauthn_roots": "/", "webauthn_attestation": "direct"},
        {"webauthn_roots": "/nowhere/roots.pem"},
    ],
)
def test_what_no_browser_would_accept_does_not_start(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"(?i)webauthn_"):
        Config(**HERE, **options)
