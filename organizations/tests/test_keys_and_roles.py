"""By key over REST: roles, groups, further roles, checks, rules; and what a key can raise nobody to (S188, S215)."""

from typing import Any

import pytest

from accounts.models import User
from core import clock
from organizations.factories import join, make_organization, make_role
from organizations.models import (
    AccessRule,
    Group,
    GroupRole,
    Membership,
    Organization,
    Role,
    RoleGrant,
    ServiceAccount,
)
from organizations.permissions import ADMIN, MEMBER, OWNER, SYSTEM_ROLES, VIEWER
from organizations.tests.keys import Machine, machine_of, make_key, send

READS = ("organization:read", "member:read", "role:read", "group:read")
MANAGES = (*READS, "role:manage", "group:manage", "member:update")


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob, VIEWER)
    return made


@pytest.fixture
def machine(alice: User, acme: Organization) -> Machine:
    """It manages roles, groups and members' roles; its account may more, the key does not say so."""
    return machine_of(alice, acme, *MANAGES)


def place(user: User) -> Membership:
    found: Membership = Membership.objects.get(user=user)
    return found


def system(key: str) -> Role:
    found: Role = Role.objects.system(key)
    return found


def group_with(acme: Organization, *roles: Role) -> Group:
    now = clock.now()
    group: Group = Group.objects.create(organization=acme, name="G", created_at=now, updated_at=now)
    for role in roles:
        GroupRole.objects.create(group=group, role=role)
    return group


def rule_in(acme: Organization, effect: str, *actions: str) -> AccessRule:
    now = clock.now()
    facts = {"effect": effect, "actions": list(actions), "created_at": now, "updated_at": now}
    made: AccessRule = AccessRule.objects.create(organization=acme, name=f"{effect} it", **facts)
    return made


def test_a_machine_makes_and_changes_roles(machine: Machine) -> None:
    made = machine("POST", "/roles", {"name": "Reader", "permissions": ["member:read"]})
    assert made.status_code == 201
    assert machine.is_named_in("role.created")
    one = f"/roles/{made.json()['id']}"
    changed = machine("PATCH", one, {"permissions": ["member:read", "role:read"]})
    assert changed.json()["permissions"] == ["member:read", "role:read"]
    assert machine.is_named_in("role.changed")
    assert machine("GET", one).json()["key"] == "reader"
    assert "reader" in [role["key"] for role in machine("GET", "/roles").json()["data"]]


def test_a_machine_gives_and_takes_further_roles(machine: Machine, acme: Organization, bob: User) -> None:
    role = make_role(acme, "group:manage")
    path = f"/members/{place(bob).id}/roles"
    assert machine("PUT", f"{path}/{role.id}").status_code == 204
    assert machine.is_named_in("role.granted")
    held = machine("GET", path).json()["data"]
    assert [(each["key"], each["via"]) for each in held] == [(VIEWER, "first"), (role.key, "further")]
    assert machine("DELETE", f"{path}/{role.id}").status_code == 204
    assert machine.is_named_in("role.taken")
    assert not RoleGrant.objects.exists()


def test_a_machine_fills_and_empties_groups(machine: Machine, acme: Organization, bob: User) -> None:
    one = f"/groups/{machine('POST', '/groups', {'name': 'Readers'}).json()['id']}"
    assert machine.is_named_in("group.created")
    member, role = f"{one}/members/{place(bob).id}", f"{one}/roles/{make_role(acme, 'role:manage').id}"
    assert machine("PATCH", one, {"name": "Editors"}).status_code == 200
    assert machine.is_named_in("group.changed")
    for path, added, removed in (
        (role, "group.role_added", "group.role_removed"),
        (member, "group.member_added", "group.member_removed"),
    ):
        assert machine("PUT", path).status_code == 204
        assert machine.is_named_in(added)
        if path == member:
            assert machine("GET", f"{one}/members").json()["total"] == 1
        assert machine("DELETE", path).status_code == 204
        assert machine.is_named_in(removed)


def test_what_makes_rules_and_deletes_asks_a_person(alice: User, acme: Organization) -> None:
    machine = machine_of(alice, acme, *MANAGES, "policy:read", "policy:manage")
    role, group, rule = make_role(acme), group_with(acme), rule_in(acme, "allow", "member:read")
    new = {"name": "Mine", "effect": "allow", "actions": ["member:read"]}
    for method, path, body in (
        ("DELETE", f"/roles/{role.id}", None),
        ("DELETE", f"/groups/{group.id}", None),
        ("POST", "/rules", new),
        ("PATCH", f"/rules/{rule.id}", {"is_enabled": False}),
        ("DELETE", f"/rules/{rule.id}", None),
    ):
        assert machine.refused(method, path, body) == "person_required", (method, path)
    assert (Role.objects.filter(id=role.id).count(), Group.objects.count()) == (1, 1)
    assert AccessRule.objects.get().is_enabled
    assert machine("GET", f"/rules/{rule.id}").json()["name"] == rule.name
    assert machine("GET", "/rules").json()["total"] == 1


def test_s188_a_key_raises_nobody_beyond_its_scopes(machine: Machine, acme: Organization, bob: User) -> None:
    """Although its account is an admin: what counts is what the key says."""
    admin, more = system(ADMIN), make_role(acme, "key:manage")
    own = make_role(acme, "role:read")
    group, admins = group_with(acme), Group(organization=acme, name="Admins")
    admins.created_at = admins.updated_at = clock.now()
    admins.save()
    GroupRole.objects.create(group=admins, role=admin)
    one = f"/members/{place(bob).id}"
    for method, path, body in (
        ("POST", "/roles", {"name": "Mine", "permissions": ["key:manage"]}),
        ("PATCH", f"/roles/{own.id}", {"permissions": ["role:read", "audit:read"]}),
        ("PATCH", f"/roles/{more.id}", {"permissions": []}),
        ("PUT", f"{one}/roles/{more.id}", None),
        ("PUT", f"{one}/roles/{admin.id}", None),
        ("PUT", f"/groups/{group.id}/roles/{more.id}", None),
        ("PUT", f"/groups/{group.id}/roles/{system(OWNER).id}", None),
        ("PUT", f"/groups/{admins.id}/members/{place(bob).id}", None),
        ("DELETE", f"/groups/{admins.id}/roles/{admin.id}", None),
        ("PATCH", one, {"role_id": str(more.id)}),
    ):
        assert machine.refused(method, path, body) == "beyond_own_permissions", (method, path)
    assert place(bob).role_id == system(VIEWER).id
    assert not RoleGrant.objects.exists()
    assert set(GroupRole.objects.values_list("group__name", "role__key")) == {("Admins", ADMIN)}


def test_s188_a_key_touches_nobody_who_may_more_than_it(
    machine: Machine, acme: Organization, alice: User
) -> None:
    role, group = make_role(acme, "role:read"), group_with(acme)
    for path in (
        f"/members/{place(alice).id}/roles/{role.id}",
        f"/groups/{group.id}/members/{place(alice).id}",
    ):
        assert machine.refused("PUT", path) == "beyond_own_permissions", path


def test_s188_a_members_own_key_does_not_raise_its_owner(acme: Organization, alice: User, bob: User) -> None:
    """bob may more than the key he made: the key does not give him that back, nor anything new."""
    Membership.objects.filter(user=bob).update(role=system(ADMIN))
    _, secret = make_key(bob, acme, *MANAGES)
    path = f"/organizations/{acme.id}/members/{place(bob).id}/roles/{make_role(acme, 'role:read').id}"
    answer = send("PUT", path, secret)
    assert (answer.status_code, answer.json()["reason"]) == (403, "beyond_own_permissions")


def test_s215_a_key_of_another_organization_finds_nothing_here(
    machine: Machine, acme: Organization, charlie: User
) -> None:
    rival = make_organization(charlie, slug="rival")
    foreign = machine_of(charlie, rival, *MANAGES)
    role, group = make_role(acme, "role:read"), group_with(acme)
    for method, path in (("GET", f"/roles/{role.id}"), ("PUT", f"/groups/{group.id}/roles/{role.id}")):
        there = send(method, f"/organizations/{acme.id}{path}", foreign.secret)
        assert there.status_code == foreign(method, path).status_code == 404
        assert machine(method, path).status_code < 300


@pytest.mark.parametrize("stop", ["account", "role", "organization", "network"])
def test_s197_what_stops_a_machine_stops_it_at_once(
    stop: str, machine: Machine, acme: Organization, alice: User
) -> None:
    assert machine("POST", "/groups", {"name": "Before"}).status_code == 201
    if stop == "account":
        ServiceAccount.objects.update(disabled_at=clock.now())
    elif stop == "role":
        ServiceAccount.objects.update(role=system(MEMBER))
    elif stop == "organization":
        Organization.objects.filter(id=acme.id).update(suspended_at=clock.now())
    else:
        machine.account.api_keys.update(networks=["192.0.2.0/24"])
    refused = machine("POST", "/groups", {"name": "After"})
    assert refused.status_code == (403 if stop == "role" else 401)
    assert [group.name for group in Group.objects.all()] == ["Before"]


def test_s197_a_suspended_members_key_makes_no_group(acme: Organization, bob: User) -> None:
    Membership.objects.filter(user=bob).update(role=system(ADMIN))
    path, (_, secret) = f"/organizations/{acme.id}/groups", make_key(bob, acme, *MANAGES)
    assert send("POST", path, secret, '{"name": "Before"}').status_code == 201
    Membership.objects.filter(user=bob).update(suspended_at=clock.now())
    assert send("POST", path, secret, '{"name": "After"}').status_code == 401


# Asking


def ask(machine: Machine, path: str, **body: Any) -> Any:
    answer = machine("POST", path, body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_backend_asks_what_a_member_may(alice: User, acme: Organization, bob: User) -> None:
    machine, member = machine_of(alice, acme, *READS), str(place(bob).id)
    assert ask(machine, "/check", permission="role:read", member_id=member)["allowed"] is True
    many = ask(machine, "/check-many", permissions=["role:read", "role:manage"], member_id=member)
    assert many["results"] == {"role:read": True, "role:manage": False}
    decided = ask(machine, "/evaluate", action="role:read", subject={"member_id": member})
    assert decided["decided_by"] == {"kind": "role", "roles": [VIEWER]}
    blind = machine_of(alice, acme, "organization:read", name="blind")
    for path, body in (
        ("/check", {"permission": "role:read", "member_id": member}),
        ("/check-many", {"permissions": ["role:read"], "member_id": member}),
        ("/evaluate", {"action": "role:read", "subject": {"member_id": member}}),
    ):
        assert blind.refused("POST", path, body) == "permission_missing", path


def test_a_key_asks_about_itself_and_hears_its_scopes(machine: Machine) -> None:
    mine = machine("GET", "/permissions").json()
    assert mine == {"is_owner": False, "permissions": sorted(MANAGES)}
    assert ask(machine, "/check", permission="key:manage")["allowed"] is False
    assert set(MANAGES) < SYSTEM_ROLES[ADMIN]


def test_no_rule_allows_a_key_what_its_scopes_do_not_name(
    machine: Machine, acme: Organization, bob: User
) -> None:
    """What the rule allows everybody it allows members, and keys only as far as they go."""
    rule_in(acme, "allow", "audit:read", "role:manage")
    decided = {name: ask(machine, "/evaluate", action=name) for name in ("audit:read", "role:manage")}
    assert decided["audit:read"] == {"allowed": False, "decided_by": {"kind": "default"}, "trace": []}
    assert decided["role:manage"]["allowed"] is True
    subject = {"member_id": str(place(bob).id)}
    assert ask(machine, "/evaluate", action="audit:read", subject=subject)["allowed"] is True
    rule_in(acme, "deny", "role:manage")
    assert ask(machine, "/evaluate", action="role:manage")["allowed"] is False


def test_a_members_own_key_is_bound_by_its_scopes_too(acme: Organization, bob: User) -> None:
    Membership.objects.filter(user=bob).update(role=system(MEMBER))
    rule_in(acme, "allow", "audit:read")
    _, secret = make_key(bob, acme, *READS)
    path = f"/organizations/{acme.id}/evaluate"
    assert send("POST", path, secret, '{"action": "audit:read"}').json()["allowed"] is False


def test_a_key_reads_what_roles_can_be_made_of(machine: Machine) -> None:
    """The names alone, which are no secret: whatever its scopes."""
    assert "member:read" in send("GET", "/rbac/permissions", machine.secret).json()["janua"]
    assert send("GET", "/rbac/system-roles", machine.secret).status_code == 403
