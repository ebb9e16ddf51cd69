"""/organizations/{slug}/branding: preview shows, save keeps, and what cannot be read is refused in words."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from accounts.models import User
from accounts.tests.browsers import signed_in
from core.tests.pictures import picture
from organizations.factories import join, make_organization, make_role, prove_domain
from organizations.models import Branding, Organization

pytestmark = pytest.mark.django_db
PATH = "/organizations/acme/branding"
GREEN = {"accent": "#0b6b3a", "accent_dark": "", "corners": "round"}


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


@pytest.fixture
def browser(alice: User, acme: Organization) -> Browser:
    return signed_in(alice)


def preview_of(response: Any) -> str:
    found = re.search(r'href="(/branding/preview/[^"]+)"', response.content.decode())
    assert found
    assert Browser().get(found[1]).status_code == 200
    return found[1]


def test_saving_keeps_it(browser: Browser, acme: Organization) -> None:
    response = browser.post(PATH, GREEN)
    assert (response.status_code, response["Location"]) == (303, PATH)
    kept = Branding.objects.get(organization=acme)
    assert (kept.accent, kept.accent_dark, kept.corners) == ("#0b6b3a", "", "round")
    page = browser.get(PATH)
    assert page.context["form"].initial == GREEN
    assert preview_of(page) == "/branding/preview/0b6b3a--round.css"


def test_a_preview_shows_and_keeps_nothing(browser: Browser, acme: Organization) -> None:
    response = browser.post(PATH, {**GREEN, "preview": "1"})
    assert response.status_code == 200
    assert preview_of(response) == "/branding/preview/0b6b3a--round.css"
    assert response.context["is_preview"]
    assert 'value="#0b6b3a"' in response.content.decode()
    assert not Branding.objects.exists()
    assert preview_of(browser.get(PATH)) == "/branding/preview/--soft.css"


@pytest.mark.parametrize("button", [{}, {"preview": "1"}])
def test_what_cannot_be_read_is_refused_at_its_field(
    button: dict[str, str], browser: Browser, acme: Organization
) -> None:
    browser.post(PATH, GREEN)
    response = browser.post(PATH, {**GREEN, "accent": "#ffd400", **button})
    assert response.status_code == 422
    (sentence,) = response.context["form"].errors["accent"]
    assert re.search(r"\d\.\d\d:1.*#[0-9a-f]{6}", sentence)
    assert preview_of(response) == "/branding/preview/0b6b3a--round.css"  # the saved one
    assert Branding.objects.get().accent == "#0b6b3a"


def test_while_somebody_types_a_refusal_is_told_and_is_no_failure(browser: Browser) -> None:
    for colour in ("#ffd400", "#ffd40", "#"):
        response = browser.post(PATH, {**GREEN, "accent": colour, "preview": "live"})
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["accent"]
    assert not Branding.objects.exists()


@pytest.mark.parametrize("change", [{"corners": "wild"}, {"accent": "red"}, {"accent": "#0b6b3a;}*{}"}])
def test_nonsense_is_refused(change: dict[str, str], browser: Browser) -> None:
    response = browser.post(PATH, {**GREEN, **change})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == list(change)
    assert not Branding.objects.exists()


def test_the_usual_look_comes_back(browser: Browser) -> None:
    browser.post(PATH, GREEN)
    assert browser.post(PATH, {"reset": "1"}).status_code == 303
    assert not Branding.objects.exists()


def test_the_logo_is_a_picture_or_refused_in_words(browser: Browser, acme: Organization) -> None:
    def upload(data: bytes) -> Any:
        return browser.post(PATH, {"logo": "put", "picture": SimpleUploadedFile("logo.png", data)})

    refused = upload(b"<svg onload=alert(1)>")
    assert refused.status_code == 422
    assert list(refused.context["logo_form"].errors) == ["picture"]
    assert browser.post(PATH, {"logo": "put"}).status_code == 422
    assert upload(picture()).status_code == 303
    acme.refresh_from_db()
    assert f"/logos/organizations/{acme.logo_key}.png" in browser.get(PATH).content.decode()
    assert browser.post(PATH, {"logo": "remove"}).status_code == 303
    acme.refresh_from_db()
    assert acme.logo_key == ""


def test_only_who_manages_the_branding_has_the_page(bob: User, charlie: User, acme: Organization) -> None:
    place = join(acme, bob)
    for method in ("get", "post"):
        assert getattr(signed_in(bob), method)(PATH, GREEN).status_code == 403
        assert getattr(signed_in(charlie), method)(PATH, GREEN).status_code == 404
    assert Browser().get(PATH).status_code in {302, 303}
    place.role = make_role(acme, "organization:read", "branding:manage")
    place.save()
    page = signed_in(bob).get(PATH)
    assert page.status_code == 200
    assert 'name="picture"' not in page.content.decode()  # the logo is organization:update's
    assert signed_in(bob).post(PATH, {"logo": "remove"}).status_code == 403
    assert signed_in(bob).post(PATH, GREEN).status_code == 303


def test_a_shut_organization_keeps_its_look(browser: Browser, acme: Organization) -> None:
    Organization.objects.filter(id=acme.id).update(suspended_at=acme.created_at)
    response = browser.post(PATH, GREEN)
    assert response.status_code == 409
    assert response.context["form"].non_field_errors()
    assert browser.post(PATH, {"reset": "1"}).status_code == 303
    assert not Branding.objects.exists()


def test_the_way_to_ones_own_sign_in_page_is_there_with_a_verified_domain(
    browser: Browser, acme: Organization
) -> None:
    link = f'href="/login?organization={acme.slug}&amp;another=1"'
    assert link not in browser.get(PATH).content.decode()
    prove_domain(acme)
    assert link in browser.get(PATH).content.decode()
