"""By key over REST: the trail, domains, branding, sign-in rules; and what of them stays with persons (S216)."""

import json

import pytest

from accounts.models import User
from core import clock
from organizations.factories import join, make_organization
from organizations.models import Branding, Domain, Organization, OrganizationPolicy, Role
from organizations.permissions import MEMBER
from organizations.services.access import Actor
from organizations.tests.cast import acting
from organizations.tests.keys import machine_of, make_account, make_key, send

LOOK = {"accent": "#2847d4", "corners": "round"}


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob)
    return made


def domain_of(acme: Organization) -> Domain:
    facts = {"role": Role.objects.system(MEMBER), "created_at": clock.now()}
    made: Domain = Domain.objects.create(organization=acme, name="acme.example", token="t", **facts)
    return made


def test_a_machine_reads_the_trail_and_takes_it_along(alice: User, acme: Organization) -> None:
    machine = machine_of(alice, acme, "organization:read", "audit:read")
    assert machine("GET", "/audit").json()["data"][0]["action"] == "api_key.created"
    exported = machine("POST", "/audit/export", {"format": "jsonl"})
    lines = [json.loads(line) for line in b"".join(exported).decode().splitlines()]
    assert [line["action"] for line in lines][:2] == ["organization.audit_exported", "api_key.created"]
    assert machine.is_named_in("organization.audit_exported")
    [newest, *_] = machine("GET", "/audit").json()["data"]
    assert newest["actor"] == {"type": "service_account", "id": str(machine.account.id), "name": "robot"}
    assert newest["client_id"] == f"api_key:{machine.key.id}"


def test_a_machine_without_the_scope_reads_no_trail(alice: User, acme: Organization) -> None:
    machine = machine_of(alice, acme, "organization:read", "member:read")
    assert machine.refused("GET", "/audit") == "permission_missing"
    assert machine.refused("POST", "/audit/export", {}) == "permission_missing"


def test_a_machine_sets_and_takes_away_the_look(alice: User, acme: Organization) -> None:
    machine = machine_of(alice, acme, "organization:read", "branding:manage")
    assert machine("PUT", "/branding", LOOK).status_code == 200
    assert machine.is_named_in("organization.branding_changed")
    assert machine("GET", "/branding").json()["corners"] == "round"
    assert machine("DELETE", "/branding").status_code == 204
    assert machine.is_named_in("organization.branding_removed")
    reader = machine_of(alice, acme, "organization:read", name="reader")
    assert reader.refused("PUT", "/branding", LOOK) == "permission_missing"
    assert not Branding.objects.exists()


def test_s216_a_machine_reads_domains_and_sign_in_rules_and_changes_neither(
    alice: User, acme: Organization
) -> None:
    scopes = ("policy:read", "policy:manage", "domain:read", "domain:manage")
    machine, domain = machine_of(alice, acme, *scopes), domain_of(acme)
    assert [row["name"] for row in machine("GET", "/domains").json()["data"]] == ["acme.example"]
    read = machine("GET", "/policy")
    assert (read.status_code, read.json()["session_hours"]) == (200, None)
    assert machine.refused("PATCH", "/policy", {"session_hours": 8}) == "person_required"
    assert machine.refused("POST", "/domains", {"name": "b.example"}) == "person_required"
    for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/verify")):
        answer = machine(method, f"/domains/{domain.id}{path}", {"enrolment": "none"})
        assert answer.status_code == 403, path
    assert Domain.objects.get().name == "acme.example"
    assert not OrganizationPolicy.objects.exists()


def test_a_key_is_not_asked_what_the_organization_asks_of_sign_ins(alice: User, acme: Organization) -> None:
    """It has networks of its own."""
    machine = machine_of(alice, acme, "policy:read")
    rules = {"networks": ["192.0.2.0/24"], "session_hours": 1, "mfa_required_at": clock.now()}
    OrganizationPolicy.objects.create(organization=acme, updated_at=clock.now(), **rules)
    assert machine("GET", "/policy").json()["networks"] == ["192.0.2.0/24"]


def test_what_is_ones_own_place_is_no_keys(acme: Organization, bob: User) -> None:
    _, secret = make_key(bob, acme, "organization:read")
    for method, path in (
        *(("POST", f"/organizations/{acme.id}/{act}") for act in ("leave", "default", "transfer")),
        ("DELETE", f"/organizations/{acme.id}/deletion"),
        ("GET", "/organizations"),
        ("GET", "/users/me/organizations"),
        ("GET", "/users/me/joinable-organizations"),
        ("GET", "/users/me"),
    ):
        assert send(method, path, secret, "{}").status_code == 403, path


def test_changes_are_counted_by_whoever_makes_them_not_by_key(alice: User, acme: Organization) -> None:
    account = make_account(acme)
    keys = [make_key(alice, acme, account_id=account.id)[0] for _ in range(2)]
    own, _ = make_key(alice, acme)
    assert {Actor(key=key).name_for_limits for key in keys} == {str(account.id)}
    assert Actor(user=alice, key=own).name_for_limits == acting(alice).name_for_limits == str(alice.id)
