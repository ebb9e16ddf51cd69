"""GET /api/v1/auth/ui-config: what a sign-in of one's own shows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import User
from core import clock
from core.tests.pictures import picture
from oauth.factories import register_client
from oauth.models import Client
from oauth.services import logos
from organizations.factories import make_organization, prove_domain
from organizations.models import Branding, Domain, Organization

pytestmark = pytest.mark.django_db


def ask(**query: str) -> Any:
    return Browser().get("/api/v1/auth/ui-config", query)


@pytest.fixture
def acme(alice: User) -> Organization:
    made = make_organization(alice, name="Norden", slug="norden")
    Branding.objects.create(
        organization=made, accent="#0b6b3a", accent_dark="#6fd6a5", corners="round", updated_at=clock.now()
    )
    prove_domain(made)
    return made


def test_without_a_name_it_is_januas_own(janua_options: Callable[..., None]) -> None:
    body = ask().json()
    assert body == {
        "name": "Janua",
        "logo_url": None,
        "client": None,
        "organization": None,
        "look": {"accent": None, "accent_dark": None, "corners": "soft", "css_url": None},
        "methods": ["password", "magic_link", "passkey"],
        "social_providers": [],
    }
    janua_options(magic_link="off")
    assert ask().json()["methods"] == ["password", "passkey"]


def test_an_organization_is_found_by_its_name(acme: Organization) -> None:
    body = ask(organization="norden").json()
    assert (body["name"], body["client"]) == ("Norden", None)
    assert body["organization"] == {"name": "Norden", "logo_url": None, "slug": "norden"}
    look = body["look"]
    assert (look["accent"], look["accent_dark"], look["corners"]) == ("#0b6b3a", "#6fd6a5", "round")
    css = Browser().get(look["css_url"].removeprefix("http://localhost:4100"))
    assert css["Content-Type"] == "text/css; charset=utf-8"


def test_a_client_brings_its_organization_along(alice: User, acme: Organization) -> None:
    app = register_client(owner=alice, client_name="Ledger").client
    assert ask(client_id=app.client_id).json()["organization"] is None
    Client.objects.filter(pk=app.pk).update(organization=acme)
    body = ask(client_id=app.client_id).json()
    assert (body["name"], body["organization"]["slug"]) == ("Ledger", "norden")
    assert body["look"]["accent"] == "#0b6b3a"
    logos.put(actor=alice, client=app, picture=picture(), now=clock.now())
    body = ask(client_id=app.client_id).json()
    assert body["logo_url"] == body["client"]["logo_url"] == f"http://localhost:4100{logos.path_of(app)}"


def test_what_is_not_there_is_said(alice: User, acme: Organization) -> None:
    app = register_client(owner=alice).client
    Client.objects.filter(pk=app.pk).update(is_enabled=False)
    assert ask(client_id=app.client_id).status_code == 404
    assert ask(client_id="nobody").status_code == 404
    assert ask(organization="nobody").status_code == 404
    Domain.objects.update(verified_at=None)
    assert ask(organization="norden").status_code == 404  # as on our own pages
    Domain.objects.update(verified_at=clock.now())
    assert ask(organization="norden").status_code == 200
    Organization.objects.update(suspended_at=clock.now())
    assert ask(organization="norden").status_code == 404
    assert ask(organisation="norden").status_code == 422
    assert ask(organization="n" * 64).status_code == 422
