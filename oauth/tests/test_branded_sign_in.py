"""A sign-in to a client of an organization looks like that organization, from the first page to the last."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from accounts import levels
from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from core.models import Mail
from oauth.factories import register_client
from oauth.models import Client
from oauth.services.clients import Registered
from oauth.tests.device_flow import begin, page_of, register_tv
from oauth.tests.flows import authorize
from organizations.factories import make_organization
from organizations.models import Branding, Organization
from organizations.services import branding

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(charlie: User) -> Organization:
    made = make_organization(charlie, name="Norden", slug="norden")
    Branding.objects.create(organization=made, accent="#0b6b3a", corners="round", updated_at=clock.now())
    return made


@pytest.fixture
def app(acme: Organization) -> Registered:
    registered = register_client()
    Client.objects.filter(pk=registered.client.pk).update(organization=acme)
    registered.client.refresh_from_db()
    return registered


def is_branded(response: Any, organization: Organization) -> bool:
    brand = branding.of_organization(organization.id)
    assert brand is not None
    html = response.content.decode()
    has_css, has_name = f'href="{brand.css_path}"' in html, "<bdi>Norden</bdi>" in html
    assert has_css == has_name
    return has_css


def test_every_page_before_the_app_looks_like_the_organization(
    alice: User, acme: Organization, app: Registered
) -> None:
    browser = Browser()
    here = authorize(browser, app)["Location"]
    door = browser.get(here)["Location"]
    query = door.partition("?")[2]
    assert door.startswith("/login?")
    for path in ("/login", "/signup", "/login/email", "/password/forgot"):
        assert is_branded(browser.get(f"{path}?{query}"), acme), path
    browser.post("/login/email", {"email": alice.email, "next": here})
    assert is_branded(browser.get("/login/code"), acme)
    assert Mail.objects.get().text.endswith("--\nNorden · Janua\n")
    assert (
        browser.post("/login", {"email": alice.email, "password": PASSWORD, "next": here}).status_code == 303
    )
    assert is_branded(browser.get(here), acme)  # the consent
    assert is_branded(browser.get(f"/login/choose?{query}"), acme)


def test_another_clients_sign_in_does_not(alice: User, acme: Organization, app: Registered) -> None:
    other = register_client()
    for browser in (Browser(), signed_in(alice)):
        here = authorize(browser, other)["Location"]
        response = browser.get(here)
        if response.status_code != 200:
            response = browser.get(response["Location"])
        assert response.status_code == 200
        assert not is_branded(response, acme)


def test_an_application_goes_before_the_address(
    alice: User, bob: User, acme: Organization, app: Registered
) -> None:
    make_organization(bob, name="Beta", slug="beta")
    browser = Browser()
    here = authorize(browser, app)["Location"]
    response = browser.get("/login", {"next": here, "organization": "beta"})
    assert is_branded(response, acme)
    assert "Beta" not in response.content.decode()


def test_the_sign_out_that_the_client_asks_for_does_too(
    alice: User, acme: Organization, app: Registered
) -> None:
    browser = signed_in(alice)
    question = browser.get("/oauth/logout", {"client_id": app.client.client_id}, follow=True)
    assert is_branded(question, acme)


def test_a_device_of_the_organization_leads_to_its_sign_in(alice: User, acme: Organization) -> None:
    tv = register_tv()
    Client.objects.filter(pk=tv.client.pk).update(organization=acme)
    path = page_of(Browser(), begin(tv)["user_code"])
    assert is_branded(Browser().get("/login", {"next": path}), acme)
    browser = signed_in(alice)
    path = page_of(browser, begin(tv)["user_code"])
    assert is_branded(browser.get(path), acme)


def test_who_has_to_prove_more_sees_it_too(alice: User, acme: Organization, app: Registered) -> None:
    browser = signed_in(alice, auth_time=clock.now() - timedelta(hours=1))
    here = authorize(browser, app, scope="openid")["Location"]
    assert is_branded(browser.get("/account/confirm", {"next": here}), acme)
    assert not is_branded(browser.get("/account/confirm", {"next": "/account"}), acme)


def test_a_level_out_of_reach_is_said_in_its_look(alice: User, acme: Organization, app: Registered) -> None:
    browser = signed_in(alice)
    claims = {"id_token": {"acr": {"essential": True, "values": [levels.PHISHING_RESISTANT]}}}
    here = authorize(browser, app, claims=json.dumps(claims))["Location"]
    response = browser.get(here)
    assert response.templates[0].name == "oauth/out_of_reach.html"
    assert is_branded(response, acme)


def test_an_organization_that_closed_leaves_the_client_as_it_is_for_everybody(
    acme: Organization, app: Registered
) -> None:
    Organization.objects.filter(id=acme.id).update(suspended_at=clock.now())
    browser = Browser()
    here = authorize(browser, app)["Location"]
    html = browser.get("/login", {"next": here}).content.decode()
    assert "/branding/" not in html
    assert "Norden" not in html
