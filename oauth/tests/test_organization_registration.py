"""Who may ask for organizations: clients that are registered for the scope, by program, by person, by form."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from oauth import metadata
from oauth.errors import InvalidClientMetadata
from oauth.factories import register_client
from oauth.models import Client as Registration
from oauth.tests.flows import error_of, post
from oauth.tests.organizations import register_app

pytestmark = pytest.mark.django_db


def test_it_is_no_scope_that_clients_have_unasked() -> None:
    assert "organization" not in register_client().client.scopes
    assert "organization" not in metadata.DEFAULT_SCOPE.split()


def test_which_one_is_nothing_to_register() -> None:
    with pytest.raises(InvalidClientMetadata, match="register for organization"):
        register_app(scope="openid organization:acme")


def test_people_may_register_their_clients_for_it_by_the_form(
    alice: User, janua_options: Callable[..., None]
) -> None:
    janua_options(client_registration="people")
    browser = signed_in(alice)
    page: Any = browser.get("/account/clients/new")
    assert page.status_code == 200
    form = {
        "client_name": "Ledger",
        "redirect_uris": "https://ledger.example/callback",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid organization",
    }
    made: Any = browser.post("/account/clients/new", form)
    assert made.status_code in (200, 303), made.content[:500]
    assert Registration.objects.get(name="Ledger").scopes == {"openid", "organization"}


def test_a_client_cannot_ask_for_itself() -> None:
    machine = register_client(grant_types=["client_credentials"], scope="reports organization")
    for scope in ("organization", "reports organization", "organization:acme"):
        answer = post("/oauth/token", machine, grant_type="client_credentials", scope=scope)
        assert error_of(answer) == (400, "invalid_scope")
    answer = post("/oauth/token", machine, grant_type="client_credentials")
    assert answer.json()["scope"] == "reports"


@pytest.mark.parametrize("name", ["org_id", "org_slug", "org_role", "permissions"])
def test_no_mapping_of_a_client_makes_them_up(name: str) -> None:
    with pytest.raises(InvalidClientMetadata, match="not a free claim name"):
        register_client(claim_mapping={name: {"value": "acme"}})


def test_discovery_says_it() -> None:
    found = Client().get("/.well-known/openid-configuration").json()
    assert "organization" in found["scopes_supported"]
    assert {"org_id", "org_slug", "org_role"} <= set(found["claims_supported"])
