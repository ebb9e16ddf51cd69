"""Policy and domains over REST: one thin test per face of what the services do."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from organizations.factories import join, make_organization
from organizations.models import Domain, Membership, Organization, OrganizationPolicy, Role
from organizations.permissions import ADMIN, MEMBER
from organizations.tests.dns_server import Zone
from organizations.tests.rest import Rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


@pytest.fixture
def home(acme: Organization) -> str:
    return f"/organizations/{acme.id}"


def test_a_policy_is_read_and_changed_by_version(alice: User, home: str) -> None:
    rest = Rest(alice)
    read = rest("GET", f"{home}/policy")
    assert read.status_code == 200
    assert read.json()["sign_in_methods"] == []
    assert read.json()["invitation_days"] == 7
    body = {"session_hours": 8, "networks": ["127.0.0.1"], "inviters": "members"}
    changed = rest("PATCH", f"{home}/policy", body, If_Match=read["ETag"])
    assert changed.status_code == 200, changed.content
    assert changed.json()["networks"] == ["127.0.0.1/32"]
    assert changed["ETag"] != read["ETag"]
    assert rest("GET", f"{home}/policy")["ETag"] == changed["ETag"]
    late = rest("PATCH", f"{home}/policy", {"session_hours": 9}, If_Match=read["ETag"])
    assert (late.status_code, late.json()["reason"]) == (412, "version_mismatch")


@pytest.mark.parametrize(
    "body",
    [
        {"organization": str(uuid4())},
        {"organization_id": str(uuid4())},
        {"updated_at": "2026-01-01T00:00:00Z"},
        {"session_hours": 0},
        {"session_hours": 10**9},
        {"session_hours": "8h"},
        {"networks": "127.0.0.1"},
        {"networks": [{}]},
        {"networks": None},
        {"sign_in_methods": ["telepathy"]},
        {"email_domains": ["a" * 400]},
        {"inviters": "everybody"},
        {"invitation_days": 0},
        {"mfa_required_at": "soon"},
    ],
)
def test_a_bad_policy_is_422_and_nothing_is_written(alice: User, home: str, body: dict[str, Any]) -> None:
    assert Rest(alice)("PATCH", f"{home}/policy", body).status_code == 422
    assert not OrganizationPolicy.objects.exists()


def test_who_locks_themselves_out_is_told_in_which_field(alice: User, home: str) -> None:
    refused = Rest(alice)("PATCH", f"{home}/policy", {"networks": ["203.0.113.0/24"]})
    assert (refused.status_code, refused.json()["reason"]) == (422, "would_lock_you_out")
    assert list(refused.json()["details"]) == ["networks"]


def test_whoever_lacks_what_is_asked_gets_a_reason(bob: User, acme: Organization, home: str) -> None:
    join(acme, bob, ADMIN)
    rest = Rest(bob)
    OrganizationPolicy.objects.create(organization=acme, networks=["203.0.113.0/24"], updated_at=clock.now())
    refused = rest("GET", f"{home}/policy")
    assert (refused.status_code, refused.json()["reason"]) == (403, "network_not_allowed")
    assert acme.name in refused.json()["detail"]


def test_a_domain_from_its_adding_to_its_end(zone: Zone, alice: User, home: str) -> None:
    rest = Rest(alice)
    added = rest("POST", f"{home}/domains", {"name": "Acme.Example"})
    assert added.status_code == 201, added.content
    body = added.json()
    assert (body["name"], body["is_verified"], body["enrolment"]) == ("acme.example", False, "none")
    record = body["record"]
    assert (record["type"], record["name"]) == ("TXT", "_janua-challenge.acme.example")
    assert record["value"].startswith("janua-verification=")
    one = f"{home}/domains/{body['id']}"
    refused = rest("POST", f"{one}/verify")
    assert (refused.status_code, refused.json()["reason"]) == (422, "record_not_found")
    zone.txt[record["name"]] = [record["value"]]
    assert rest("POST", f"{one}/verify").json()["is_verified"] is True
    admin = Role.objects.system(ADMIN)
    changed = rest("PATCH", one, {"enrolment": "automatic", "role_id": str(admin.id)})
    assert changed.status_code == 200, changed.content
    assert (changed.json()["enrolment"], changed.json()["role"]["key"]) == ("automatic", "admin")
    listed = rest("GET", f"{home}/domains").json()
    assert (listed["total"], listed["data"]) == (1, [changed.json()])
    assert rest("DELETE", one).status_code == 204
    assert rest("DELETE", one).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "gmail.com"},
        {"name": "acme.example", "verified_at": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_bad_domain_is_422_and_nothing_is_written(alice: User, home: str, body: Any) -> None:
    assert Rest(alice)("POST", f"{home}/domains", body).status_code == 422
    assert not Domain.objects.exists()


@pytest.mark.parametrize(
    "body", [{"enrolment": "forced"}, {"role_id": "x"}, {"verified_at": None}, {"name": "b.example"}]
)
def test_a_bad_change_of_a_domain_is_422(alice: User, home: str, body: Any) -> None:
    rest = Rest(alice)
    one = rest("POST", f"{home}/domains", {"name": "acme.example"}).json()["id"]
    assert rest("PATCH", f"{home}/domains/{one}", body).status_code == 422


def test_to_charlie_nothing_is_there_and_bob_may_not(
    alice: User, bob: User, charlie: User, acme: Organization, home: str
) -> None:
    join(acme, bob, MEMBER)
    one = Rest(alice)("POST", f"{home}/domains", {"name": "acme.example"}).json()["id"]
    for user, status in ((bob, 403), (charlie, 404)):
        rest = Rest(user)
        assert rest("GET", f"{home}/policy").status_code == status
        assert rest("PATCH", f"{home}/policy", {"session_hours": 1}).status_code == status
        assert rest("GET", f"{home}/domains").status_code == status
        assert rest("POST", f"{home}/domains", {"name": "b.example"}).status_code == status
        assert rest("PATCH", f"{home}/domains/{one}", {"enrolment": "none"}).status_code == status
        assert rest("POST", f"{home}/domains/{one}/verify").status_code == status
        assert rest("DELETE", f"{home}/domains/{one}").status_code == status
    assert Client().get(f"/api/v1{home}/policy").status_code == 401


def test_what_ones_domain_opens_is_joined_or_declined(bob: User, charlie: User, acme: Organization) -> None:
    now = clock.now()
    role = Role.objects.system(MEMBER)
    facts = {"token": "t", "role": role, "created_at": now, "verified_at": now, "enrolment": "suggested"}
    Domain.objects.create(organization=acme, name="example.com", **facts)
    path = "/users/me/joinable-organizations"
    expected = {"id": str(acme.id), "name": acme.name, "slug": acme.slug, "domain": "example.com"}
    assert Rest(bob)("GET", path).json() == {"data": [expected]}
    assert Rest(bob)("POST", f"{path}/{acme.id}").status_code == 204
    assert Membership.objects.filter(organization=acme, user=bob).exists()
    assert Rest(charlie)("DELETE", f"{path}/{acme.id}").status_code == 204
    assert Rest(charlie)("GET", path).json() == {"data": []}
    for user in (bob, charlie):
        assert Rest(user)("POST", f"{path}/{acme.id}").status_code == 404
