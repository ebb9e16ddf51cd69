"""The provider under test, a person with every claim, and the two static clients of the certification."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.callback import Callback
from tests.conformance.relying_party import Person, RelyingParty
from tests.conformance.suite import Suite
from tests.support.oauth_client import OAuthClient
from tests.support.stage import Stage, open_stage

EMAIL, PASSWORD = "wilma.rubble@example.com", "plum-tractor-velvet-94"
SCOPE = "openid profile email address phone offline_access"
CLAIMS = {
    "given_name": "Wilma",
    "middle_name": "Pebble",
    "family_name": "Rubble",
    "nickname": "Willy",
    "locale": "de-DE",
    "timezone": "Europe/Berlin",
    "website": "https://wilma.example",
    "profile_url": "https://quarry.example/wilma",
    "picture_key": "w" * 43,
    "gender": "woman",
    "birthdate": "1960-09-30",
    "phone_number": "+4930123456",
    "phone_number_verified": True,
    "address": json.dumps({"street_address": "Felsweg 1", "locality": "Berlin", "country": "DE"}),
}


@pytest.fixture(scope="package")
def suite() -> Iterator[Suite]:
    """Rate limits are off: one person signs in from one address a hundred times in a minute."""
    with open_stage({"RATE_LIMITS": "off"}) as stage, Callback() as callback:
        person = Person(stage.janua.create_user(EMAIL, PASSWORD), EMAIL, PASSWORD)
        columns = ", ".join(f"{column} = %s" for column in CLAIMS)
        stage.execute(f"UPDATE accounts_user SET {columns} WHERE id = %s", *CLAIMS.values(), person.id)
        parties = [
            RelyingParty(_register(stage, callback, method), callback, person)
            for method in ("client_secret_basic", "client_secret_post")
        ]
        yield Suite(stage, *parties)


def _register(stage: Stage, callback: Callback, method: str) -> OAuthClient:
    metadata: dict[str, Any] = {
        "client_name": f"Certification ({method})",
        "redirect_uris": [f"{callback.origin}/{method}"],
        "post_logout_redirect_uris": [f"{callback.origin}/signed-out"],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": method,
        "scope": SCOPE,
        "require_pkce": False,
    }
    registered = stage.janua.register_client(**metadata)
    return OAuthClient.registered(stage.base_url, registered, scope="openid")
