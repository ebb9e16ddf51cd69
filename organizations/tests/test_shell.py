"""What every page of an organization has around it: sections, and the way to the person's other organizations."""

import pytest

from accounts.models import User
from accounts.tests.browsers import signed_in
from organizations.factories import join, make_organization
from organizations.models import Membership
from organizations.permissions import VIEWER

pytestmark = pytest.mark.django_db


def test_the_switcher_leads_to_the_persons_other_organizations_only(alice: User, bob: User) -> None:
    here = make_organization(alice, name="Here", slug="here")
    make_organization(alice, name="There", slug="there")
    make_organization(bob, name="Bobs", slug="bobs-place")
    page = signed_in(alice).get(f"/organizations/{here.slug}").content.decode()
    assert 'href="/organizations/there"' in page
    assert "bobs-place" not in page


def test_an_organization_of_others_has_no_page(alice: User, charlie: User) -> None:
    acme = make_organization(alice)
    assert signed_in(charlie).get(f"/organizations/{acme.slug}").status_code == 404
    assert acme.slug not in signed_in(charlie).get("/organizations").content.decode()


def test_whoever_is_suspended_in_it_finds_it_gone(alice: User, bob: User) -> None:
    acme = make_organization(alice)
    join(acme, bob, VIEWER)
    browser = signed_in(bob)
    assert browser.get(f"/organizations/{acme.slug}").status_code == 200
    Membership.objects.filter(user=bob).update(suspended_at=acme.created_at)
    assert browser.get(f"/organizations/{acme.slug}").status_code == 404
    assert acme.slug not in browser.get("/organizations").content.decode()
