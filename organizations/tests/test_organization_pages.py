"""/organizations: made, changed, left and ended on pages that work without JavaScript."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Session, User
from accounts.tests.browsers import signed_in
from core.tests.pictures import picture
from organizations.factories import join, make_organization
from organizations.models import Membership, Organization, Role
from organizations.permissions import ADMIN, MEMBER, OWNER, VIEWER

pytestmark = pytest.mark.django_db
PAGE = "/organizations/acme"


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


def place(user: User) -> Membership:
    found: Membership = Membership.objects.select_related("role").get(user=user)
    return found


def text_of(browser: Client, path: str) -> str:
    return browser.get(path).content.decode()


def test_a_person_creates_one_and_lands_in_it(alice: User) -> None:
    browser = signed_in(alice)
    assert 'href="/organizations/new"' in text_of(browser, "/organizations")
    answer = browser.post("/organizations/new", {"name": "Acme", "slug": ""})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert 'href="/organizations/acme"' in text_of(browser, "/organizations")


@pytest.mark.parametrize(("slug", "status"), [("new", 422), ("taken", 409), ("a b", 422)])
def test_a_bad_name_in_addresses_is_told_at_its_field(alice: User, bob: User, slug: str, status: int) -> None:
    make_organization(bob, slug="taken")
    answer = signed_in(alice).post("/organizations/new", {"name": "Acme", "slug": slug})
    assert answer.status_code == status
    assert 'id="id_slug_error"' in answer.content.decode()


def test_where_only_operators_create_people_find_no_page(alice: User, janua_options: object) -> None:
    janua_options(organization_creation="operators")  # type: ignore[operator]
    assert signed_in(alice).get("/organizations/new").status_code == 404
    assert "/organizations/new" not in text_of(signed_in(alice), "/organizations")


def test_a_person_says_where_to_start(alice: User, acme: Organization) -> None:
    browser = signed_in(alice)
    assert browser.post(PAGE, {"is_default": "yes"}).status_code == 303
    assert place(alice).is_default
    browser.post(PAGE, {"is_default": "no"})
    assert not place(alice).is_default


def test_settings_change_name_address_and_logo(alice: User, acme: Organization) -> None:
    browser = signed_in(alice)
    answer = browser.post(f"{PAGE}/settings", {"name": "Ajax", "slug": "Ajax"})
    assert answer["Location"] == "/organizations/ajax/settings"
    assert browser.get(PAGE).status_code == 404
    upload = {"logo": "put", "picture": SimpleUploadedFile("l.png", picture(), "image/png")}
    assert browser.post("/organizations/ajax/settings", upload).status_code == 303
    acme.refresh_from_db()
    assert acme.logo_key in text_of(browser, "/organizations/ajax")
    bad = {"logo": "put", "picture": SimpleUploadedFile("l.png", b"<svg/>", "image/png")}
    assert browser.post("/organizations/ajax/settings", bad).status_code == 422
    browser.post("/organizations/ajax/settings", {"logo": "remove"})
    acme.refresh_from_db()
    assert acme.logo_key == ""


def test_sections_and_pages_follow_the_role(alice: User, bob: User, acme: Organization) -> None:
    join(acme, bob, VIEWER)
    browser = signed_in(bob)
    shown = text_of(browser, PAGE)
    assert f'href="{PAGE}/members"' in shown
    assert f'href="{PAGE}/settings"' not in shown
    assert browser.get(f"{PAGE}/settings").status_code == 403
    assert browser.post(f"{PAGE}/settings", {"name": "x", "slug": "x1"}).status_code == 403


def test_members_are_searched_and_go_on(
    alice: User, bob: User, charlie: User, acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in (bob, charlie):
        join(acme, user)
    browser = signed_in(alice)
    found = text_of(browser, f"{PAGE}/members?search=bob")
    assert "bob@" in found.replace("<wbr>", "")
    assert "charlie@" not in found.replace("<wbr>", "")
    monkeypatch.setattr("organizations.pages.members.PER_PAGE", 2)
    first = text_of(browser, f"{PAGE}/members")
    assert "charlie@" not in first.replace("<wbr>", "")
    further = first.split('href="?')[1].split('"')[0].replace("&amp;", "&")
    assert "charlie@" in text_of(browser, f"{PAGE}/members?{further}").replace("<wbr>", "")
    assert browser.get(f"{PAGE}/members?cursor=none-of-ours").status_code == 303


def test_a_member_is_changed_on_their_page(alice: User, bob: User, acme: Organization) -> None:
    path = f"{PAGE}/members/{join(acme, bob, VIEWER).id}"
    browser = signed_in(alice)
    browser.post(path, {"act": "role", "role": str(Role.objects.system(ADMIN).id)})
    assert place(bob).role.key == ADMIN
    browser.post(path, {"act": "suspend"})
    assert signed_in(bob).get(PAGE).status_code == 404
    browser.post(path, {"act": "resume"})
    assert signed_in(bob).get(PAGE).status_code == 200
    assert browser.post(path, {"act": "remove"})["Location"] == f"{PAGE}/members"
    assert browser.get(path).status_code == 404


def test_nobody_is_offered_what_they_may_not_give(alice: User, bob: User, acme: Organization) -> None:
    join(acme, bob, ADMIN)
    own, alices = f"{PAGE}/members/{place(bob).id}", f"{PAGE}/members/{place(alice).id}"
    browser = signed_in(bob)
    assert 'value="suspend"' not in text_of(browser, alices)
    shown = text_of(browser, own)
    assert str(Role.objects.system(MEMBER).id) in shown
    assert str(Role.objects.system(OWNER).id) not in shown
    browser.post(alices, {"act": "remove"})
    browser.post(own, {"act": "role", "role": str(Role.objects.system(OWNER).id)})
    assert (place(alice).role.key, place(bob).role.key) == (OWNER, ADMIN)


def test_a_member_leaves_without_a_proof(alice: User, bob: User, acme: Organization) -> None:
    join(acme, bob)
    browser = signed_in(bob)
    Session.objects.filter(user=bob).update(sudo_until=None)
    assert browser.get(f"{PAGE}/danger").status_code == 200
    assert browser.post(f"{PAGE}/danger", {"act": "leave"})["Location"] == "/organizations"
    assert not Membership.objects.filter(user=bob).exists()


def test_an_owner_proves_themselves_before_typing(alice: User, acme: Organization) -> None:
    browser = signed_in(alice)
    Session.objects.filter(user=alice).update(sudo_until=None)
    for answer in (
        browser.get(f"{PAGE}/danger"),
        browser.post(f"{PAGE}/danger", {"act": "delete", "slug": "acme"}),
    ):
        assert answer["Location"].startswith("/account/confirm?")
    acme.refresh_from_db()
    assert acme.is_open


def test_an_owner_hands_over_closes_and_takes_back(alice: User, bob: User, acme: Organization) -> None:
    browser, path = signed_in(alice), f"{PAGE}/danger"
    assert browser.post(path, {"act": "leave"}).status_code == 303
    assert place(alice).role.key == OWNER
    wrong = browser.post(path, {"act": "delete", "slug": "wrong"})
    assert (wrong.status_code, 'id="id_slug_error"' in wrong.content.decode()) == (422, True)
    browser.post(path, {"act": "delete", "slug": "acme"})
    acme.refresh_from_db()
    assert not acme.is_open
    assert 'value="delete"' not in text_of(browser, path)
    browser.post(path, {"act": "cancel"})
    assert browser.post(path, {"act": "transfer", "email": "nobody@example.com"}).status_code == 422
    join(acme, bob)
    assert browser.post(path, {"act": "transfer", "email": "BOB@example.com"}).status_code == 303
    assert (place(alice).role.key, place(bob).role.key) == (ADMIN, OWNER)
    assert 'value="delete"' not in text_of(browser, path)


@pytest.mark.parametrize("part", ["", "/settings", "/danger", "/members", "/members/{}"])
def test_s183_outsiders_find_no_page(alice: User, charlie: User, acme: Organization, part: str) -> None:
    browser, path = signed_in(charlie), PAGE + part.format(place(alice).id)
    assert browser.get(path).status_code == 404
    for act in ("leave", "delete", "remove", "cancel"):
        answer = browser.post(path, {"act": act, "slug": "acme", "is_default": "yes"})
        assert answer.status_code in (404, 405)
    assert browser.get(path).content.decode().count("Acme") == 0
