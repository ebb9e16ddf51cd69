"""Pages at the door that look like an organization's: by `?organization=`, or by the domain of a typed address."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter
from core import clock
from core.models import Mail
from organizations.factories import make_organization, prove_domain
from organizations.models import Branding, Domain, Organization
from organizations.services import branding


@pytest.fixture
def acme(charlie: User) -> Organization:
    made = make_organization(charlie, name="Acme & Söhne", slug="acme")
    Branding.objects.create(organization=made, accent="#0b6b3a", corners="round", updated_at=clock.now())
    prove_domain(made, "example.com")
    return made


def css_of(organization: Organization) -> str:
    brand = branding.of_organization(organization.id)
    assert brand is not None
    return f'<link rel="stylesheet" href="{brand.css_path}">'


def is_branded(response: Any, organization: Organization) -> bool:
    html = response.content.decode()
    has_css, has_name = css_of(organization) in html, "<bdi>Acme &amp; Söhne</bdi>" in html
    assert has_css == has_name
    return has_css


def test_the_address_names_the_organization(client: Client, acme: Organization) -> None:
    response = client.get("/login?organization=acme")
    assert is_branded(response, acme)
    html = response.content.decode()
    assert "Sign in to Acme &amp; Söhne" in html
    for path in ("/signup", "/password/forgot", "/login/email"):
        assert f"{path}?organization=acme" in html
        assert is_branded(client.get(f"{path}?organization=acme"), acme)
    assert is_branded(
        client.post("/login?organization=acme", {"email": "x@y.example", "password": "no"}), acme
    )


def test_without_it_the_page_is_everybodys_and_asks_nothing_more(client: Client, acme: Organization) -> None:
    client.get("/login")
    with CaptureQueriesContext(connection) as asked:
        response = client.get("/login")
    assert not is_branded(response, acme)
    assert not [each for each in asked if "organizations_" in each["sql"]]
    with CaptureQueriesContext(connection) as branded:
        response = client.get("/login?organization=acme")
    assert is_branded(response, acme)
    assert len(branded) == len(asked) + 1


@pytest.mark.parametrize("slug", ["nobody", "ACME", "acme'--", "a" * 5000, "%C3%B6", ""])
def test_a_name_of_nobody_changes_nothing(slug: str, client: Client, acme: Organization) -> None:
    response = client.get(f"/login?organization={slug}")
    assert response.status_code == 200
    assert not is_branded(response, acme)


@pytest.mark.parametrize("verified_at", [None, "no row"])
def test_an_organization_without_a_verified_domain_is_not_shown_by_its_name(
    verified_at: str | None, client: Client, acme: Organization
) -> None:
    if verified_at is None:
        Domain.objects.update(verified_at=None)
    else:
        Domain.objects.all().delete()
    for path in ("/login", "/signup", "/login/email", "/password/forgot"):
        html = client.get(f"{path}?organization=acme").content.decode()
        assert css_of(acme) not in html
        assert "Söhne" not in html


def test_the_pages_after_it_keep_the_look(client: Client, alice: User, acme: Organization) -> None:
    Domain.objects.update(name="elsewhere.example")  # so that nothing but the name leads there
    client.post("/login/email?organization=acme", {"email": alice.email})
    assert is_branded(client.get("/login/code"), acme)
    assert is_branded(client.get("/login/link?token=x"), acme)
    client.post("/signup?organization=acme", {"email": "new@example.com", "password": PASSWORD})
    assert is_branded(client.get("/signup/verify"), acme)
    client.post("/password/forgot?organization=acme", {"email": alice.email})
    assert is_branded(client.get("/password/reset"), acme)
    assert not is_branded(client.get("/login"), acme)


def test_a_typed_address_leads_to_whoever_proved_its_domain_and_tells_nothing_of_accounts(
    client: Client, alice: User, acme: Organization
) -> None:
    shown = []
    for address in (alice.email, "nobody@example.com"):
        browser = Client()
        browser.post("/login/email", {"email": address})
        with CaptureQueriesContext(connection) as asked:
            response = browser.get("/login/code")
        assert is_branded(response, acme)
        shown.append((len(asked), response.content.decode().replace(address, "")))
    (queries, known), (other_queries, unknown) = shown
    assert queries == other_queries
    assert len(known) == len(unknown)
    client.post("/login/email", {"email": "alice@elsewhere.example"})
    assert not is_branded(client.get("/login/code"), acme)


def test_the_name_goes_before_the_domain(client: Client, alice: User, bob: User, acme: Organization) -> None:
    prove_domain(make_organization(bob, name="Beta", slug="beta"))
    client.post("/login/email?organization=beta", {"email": alice.email})
    response = client.get("/login/code")
    assert not is_branded(response, acme)
    assert "<bdi>Beta</bdi>" in response.content.decode()


def test_without_branding_of_its_own_the_name_stands_there_and_no_style_sheet(
    client: Client, bob: User
) -> None:
    prove_domain(make_organization(bob, name="Beta", slug="beta"))
    html = client.get("/login?organization=beta").content.decode()
    assert "<bdi>Beta</bdi>" in html
    assert "/branding/" not in html


def test_a_closed_organization_is_nobody(client: Client, acme: Organization) -> None:
    css = css_of(acme)
    Organization.objects.filter(id=acme.id).update(deletion_due_at=clock.now())
    html = client.get("/login?organization=acme").content.decode()
    assert css not in html
    assert "Acme" not in html


def test_the_account_is_ones_own_whoever_it_was_opened_for(alice: User, acme: Organization) -> None:
    for path in ("/account", "/account/profile", "/account/security"):
        html = signed_in(alice).get(f"{path}?organization=acme").content.decode()
        assert "/branding/" not in html
        assert "Acme" not in html
    assert "/branding/" not in signed_in(alice).get("/nowhere?organization=acme").content.decode()


def test_the_mail_of_such_a_sign_in_says_on_whose_behalf(
    client: Client, alice: User, acme: Organization
) -> None:
    Organization.objects.filter(id=acme.id).update(logo_key="k" * 43)
    client.post("/login/email?organization=acme", {"email": alice.email})
    mail = Mail.objects.get()
    assert "<bdi>Acme &amp; Söhne</bdi>" in mail.html
    assert f'<img src="http://localhost:4100/logos/organizations/{"k" * 43}.png"' in mail.html
    assert mail.text.endswith("--\nAcme & Söhne · Janua\n")
    other = Client()
    other.post("/login/email", {"email": "alice@elsewhere.example"})
    other.post("/login/email", {"email": alice.email})
    assert last_letter(alice.email).text.endswith("--\nJanua\n")


def test_the_button_of_a_mail_has_the_colour(client: Client, alice: User, acme: Organization) -> None:
    fields = {"email": alice.email, "password": "quite another plum 77", "given_name": "A"}
    client.post("/signup?organization=acme", fields)
    mail = Mail.objects.get(kind="already_registered")
    assert "background:#0b6b3a;" in mail.html
    assert "#2847d4" not in mail.html
    assert mail.text.endswith("--\nAcme & Söhne · Janua\n")
    Client().post("/signup", fields)
    assert "background:#2847d4;" in Mail.objects.order_by("-created_at")[0].html
