"""Sign-in rules, domains and offers as pages: without JavaScript, with a proof where one is asked for."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from organizations import dns_records
from organizations.factories import join, make_organization
from organizations.models import Domain, EnrolmentStop, Membership, Organization, OrganizationPolicy, Role
from organizations.permissions import ADMIN, MEMBER
from organizations.services import policy
from organizations.tests.dns_server import Zone

pytestmark = pytest.mark.django_db
FORM = {"inviters": "admins", "invitation_days": "7"}


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


def test_rules_are_set_on_a_page(alice: User, acme: Organization) -> None:
    browser = signed_in(alice)
    page = browser.get("/organizations/acme/policy").content.decode()
    version = policy.version_of(OrganizationPolicy(organization=acme))
    assert version in page
    form = {**FORM, "version": version, "networks": "127.0.0.0/8\n2001:db8::/32", "session_hours": "8"}
    saved = browser.post("/organizations/acme/policy", form)
    assert (saved.status_code, saved["Location"]) == (303, "/organizations/acme/policy")
    row = OrganizationPolicy.objects.get()
    assert (row.networks, row.session_hours) == (["127.0.0.0/8", "2001:db8::/32"], 8)
    stale = browser.post("/organizations/acme/policy", {**form, "session_hours": "9"})
    assert stale.status_code == 412
    wrong = browser.post(
        "/organizations/acme/policy",
        {**FORM, "version": policy.version_of(row), "networks": "127.0.0.0/8 and more"},
    )
    assert wrong.status_code == 422
    assert OrganizationPolicy.objects.get().session_hours == 8


def test_rules_ask_for_a_fresh_proof(alice: User, acme: Organization) -> None:
    browser = signed_in(alice, auth_time=clock.now() - timedelta(hours=1))
    version = policy.version_of(OrganizationPolicy(organization=acme))
    sent = browser.post("/organizations/acme/policy", {**FORM, "version": version, "session_hours": "8"})
    assert sent["Location"] == "/account/confirm?next=%2Forganizations%2Facme%2Fpolicy"
    assert not OrganizationPolicy.objects.exists()


def test_members_have_no_page_of_rules_and_outsiders_none_at_all(
    bob: User, charlie: User, acme: Organization
) -> None:
    join(acme, bob, MEMBER)
    for path in ("policy", "domains"):
        assert signed_in(bob).get(f"/organizations/acme/{path}").status_code == 403
        assert signed_in(charlie).get(f"/organizations/acme/{path}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ({"networks": ["203.0.113.0/24"]}, ""),
        ({"sign_in_methods": ["passkey"]}, "/login?another=1&amp;next=%2Forganizations%2Facme"),
        ({"session_hours": 1}, "/login?another=1&amp;next=%2Forganizations%2Facme"),
        ({"mfa_required_at": clock.now()}, "/account/security"),
    ],
)
def test_whoever_lacks_what_is_asked_is_shown_the_way(
    bob: User, acme: Organization, asked: dict[str, object], way: str
) -> None:
    join(acme, bob)
    browser = signed_in(bob, auth_time=clock.now() - timedelta(hours=2))
    assert browser.get("/organizations/acme").status_code == 200
    OrganizationPolicy.objects.create(organization=acme, updated_at=clock.now(), **asked)
    page = browser.get("/organizations/acme")
    if "mfa_required_at" in asked:
        page = browser.get("/organizations/acme", follow=False)
        assert (page.status_code, page["Location"].split("?")[0]) == (303, way)
        return
    assert page.status_code == 403
    assert way in page.content.decode()
    assert acme.name in page.content.decode()


def test_a_domain_is_verified_on_its_page(zone: Zone, alice: User, acme: Organization) -> None:
    browser, home = signed_in(alice), "/organizations/acme/domains"
    refused = browser.post(home, {"name": "gmail.com"})
    assert refused.status_code == 422
    added = browser.post(home, {"name": "acme.example"})
    row = Domain.objects.get()
    assert (added.status_code, added["Location"]) == (303, f"{home}#domain-{row.id}")
    page = browser.get(home).content.decode()
    host, value = dns_records.host_of(row.name), dns_records.value_of(row.token)
    assert host in page
    assert value in page
    one = {"domain": str(row.id)}
    missing = browser.post(home, {**one, "act": "verify"})
    assert (missing.status_code, missing["Location"]) == (303, home)
    assert "The record is not there yet" in browser.get(home).content.decode()
    zone.txt[host] = [value]
    assert browser.post(home, {**one, "act": "verify"})["Location"] == home
    admin = Role.objects.system(ADMIN)
    browser.post(home, {**one, "act": "change", "enrolment": "automatic", "role_id": str(admin.id)})
    row.refresh_from_db()
    assert (row.verified_at is not None, row.enrolment, row.role) == (True, "automatic", admin)
    assert browser.post(home, {**one, "act": "remove"})["Location"] == home
    assert not Domain.objects.exists()


def test_acts_on_domains_ask_for_a_proof_and_lead_back_to_the_list(alice: User, acme: Organization) -> None:
    browser = signed_in(alice)
    browser.post("/organizations/acme/domains", {"name": "acme.example"})
    late = signed_in(alice, auth_time=clock.now() - timedelta(hours=1))
    sent = late.post("/organizations/acme/domains", {"domain": str(Domain.objects.get().id), "act": "remove"})
    assert sent["Location"] == "/account/confirm?next=%2Forganizations%2Facme%2Fdomains"
    assert Domain.objects.exists()


def test_after_a_sign_in_one_is_offered_to_join_and_goes_on(
    bob: User, charlie: User, acme: Organization
) -> None:
    now = clock.now()
    facts = {"token": "t", "role": Role.objects.system(MEMBER), "created_at": now, "verified_at": now}
    Domain.objects.create(organization=acme, name="example.com", enrolment="suggested", **facts)
    for user, answer in ((bob, "join"), (charlie, "decline")):
        browser = Client()
        body = {"email": user.email, "password": PASSWORD, "next": "/account/profile"}
        sent = browser.post("/login", body)
        assert sent["Location"] == "/account/organizations?next=%2Faccount%2Fprofile"
        page = browser.get(sent["Location"]).content.decode()
        assert acme.name in page
        assert 'href="/account/profile"' in page
        answered = browser.post(sent["Location"], {"organization": str(acme.id), "answer": answer})
        assert answered.status_code == 303
        assert Client().post("/login", body)["Location"] == "/account/profile"
    assert Membership.objects.filter(organization=acme, user=bob).exists()
    assert EnrolmentStop.objects.get().user == charlie
