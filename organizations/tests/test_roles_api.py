"""Roles, groups and permissions over REST: the same services, and nothing for outsiders."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from accounts.models import User
from accounts.tests.address_cast import bearer_of
from organizations.factories import join, make_organization, make_role
from organizations.models import Membership, Role
from organizations.tests.role_cast import Acme, acme_of, allowed, app_permission

Call = Callable[..., Any]


def caller(user: User) -> Call:
    """Calls as this person: (method, path, body)."""
    headers = bearer_of(user)

    def call(method: str, path: str, body: Any = None) -> Any:
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return Browser().generic(method, f"/api/v1{path}", headers=headers, **sent)

    return call


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    return acme_of(alice, bob, "role:manage", "member:invite")


def at(acme: Acme, path: str) -> str:
    return f"/organizations/{acme.id}{path}"


def test_a_role_comes_changes_and_goes(acme: Acme) -> None:
    call = caller(acme.alice)
    made = call("POST", at(acme, "/roles"), {"name": "Book keeper", "permissions": ["audit:read"]})
    assert made.status_code == 201
    role = made.json()
    assert (role["key"], role["is_system"], role["permissions"]) == ("book-keeper", False, ["audit:read"])
    changed = call("PATCH", at(acme, f"/roles/{role['id']}"), {"permissions": ["member:read"]})
    assert (changed.json()["name"], changed.json()["permissions"]) == ("Book keeper", ["member:read"])
    assert call("GET", at(acme, f"/roles/{role['id']}")).json()["member_count"] == 0
    listed = call("GET", at(acme, "/roles")).json()
    assert {each["key"] for each in listed["data"]} >= {"owner", "admin", "member", "viewer", "book-keeper"}
    assert call("DELETE", at(acme, f"/roles/{role['id']}")).status_code == 204
    assert call("GET", at(acme, f"/roles/{role['id']}")).status_code == 404


def test_a_role_in_use_names_its_heir_in_the_query(acme: Acme) -> None:
    call, own, heir = caller(acme.alice), acme.member.role, make_role(acme.organization, "member:read")
    path = at(acme, f"/roles/{own.id}")
    refused = call("DELETE", path)
    assert (refused.status_code, refused.json()["reason"]) == (409, "role_in_use")
    assert call("DELETE", f"{path}?move_to=x").status_code == 422
    assert call("DELETE", f"{path}?move_to={heir.id}").status_code == 204
    assert allowed(acme.member) == {"member:read"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "X", "organization": str(uuid4())},
        {"name": "X", "is_system": True},
        {"name": "X", "permissions": "audit:read"},
        {"name": "X", "permissions": [["audit:read"]]},
        {"name": "X", "permissions": ["nothing:known"]},
        {"name": "X", "permissions": ["*"]},
        {"name": "X", "key": "Ä"},
        {"name": "X", "key": "x y"},
    ],
)
def test_a_bad_body_makes_no_role(acme: Acme, body: Any) -> None:
    before = Role.objects.count()
    assert caller(acme.alice)("POST", at(acme, "/roles"), body).status_code == 422
    assert Role.objects.count() == before


@pytest.mark.parametrize("body", [[], "role", {"name": "X\0"}])
def test_what_is_no_object_or_has_no_text_is_refused(acme: Acme, body: Any) -> None:
    assert caller(acme.alice)("POST", at(acme, "/roles"), body).status_code == 400


def test_further_roles_are_listed_with_where_they_come_from(acme: Acme) -> None:
    call, role = caller(acme.alice), make_role(acme.organization, "audit:read")
    path = at(acme, f"/members/{acme.member.id}/roles")
    assert call("PUT", f"{path}/{role.id}").status_code == 204
    group = call("POST", at(acme, "/groups"), {"name": "Sales"}).json()
    assert call("PUT", at(acme, f"/groups/{group['id']}/roles/{role.id}")).status_code == 204
    assert call("PUT", at(acme, f"/groups/{group['id']}/members/{acme.member.id}")).status_code == 204
    held = call("GET", path).json()["data"]
    assert [(each["via"], each["key"], each["group"]) for each in held] == [
        ("first", acme.member.role.key, None),
        ("further", role.key, None),
        ("group", role.key, group["id"]),
    ]
    assert call("DELETE", f"{path}/{role.id}").status_code == 204
    assert call("DELETE", f"{path}/{role.id}").status_code == 404


def test_a_group_comes_changes_and_goes(acme: Acme, django_assert_max_num_queries: Any) -> None:
    call, role = caller(acme.alice), make_role(acme.organization, "audit:read")
    made = call("POST", at(acme, "/groups"), {"name": "Sales"})
    assert made.status_code == 201
    path = at(acme, f"/groups/{made.json()['id']}")
    call("PUT", f"{path}/roles/{role.id}")
    call("PUT", f"{path}/members/{acme.member.id}")
    shown = call("GET", path).json()
    assert shown["roles"] == [{"id": str(role.id), "key": role.key, "name": role.name}]
    assert shown["member_count"] == 1
    [member] = call("GET", f"{path}/members").json()["data"]
    assert (member["member_id"], member["email"]) == (str(acme.member.id), acme.bob.email)
    assert call("PATCH", path, {"name": "Support"}).json()["name"] == "Support"
    assert call("PATCH", path, {"roles": []}).status_code == 422
    assert call("DELETE", f"{path}/members/{acme.member.id}").status_code == 204
    assert call("DELETE", f"{path}/roles/{role.id}").status_code == 204
    assert call("DELETE", path).status_code == 204
    for index in range(5):
        call("POST", at(acme, "/groups"), {"name": f"Group {index}"})
    with django_assert_max_num_queries(12):
        assert call("GET", at(acme, "/groups")).json()["total"] == 5


def test_permissions_are_listed_with_those_of_apps(acme: Acme) -> None:
    app_permission()
    app_permission("reports:read", "jnu_cl_other")
    call = caller(acme.bob)
    found = call("GET", "/rbac/permissions").json()
    assert "member:read" in found["janua"]
    assert [each["name"] for each in found["data"]] == ["invoices:write", "reports:read"]
    [one] = call("GET", "/rbac/permissions?client_id=jnu_cl_other").json()["data"]
    assert one["name"] == "reports:read"


def test_system_roles_are_an_operators(acme: Acme, olivia: User) -> None:
    """What an operator adds counts in every organization at once."""
    app_permission()
    Membership.objects.filter(id=acme.member.id).update(role=Role.objects.system("member"))
    path, body = "/rbac/system-roles/member", {"permissions": ["invoices:write"]}
    for user in (acme.alice, acme.bob):
        assert caller(user)("PUT", path, body).status_code == 403
        assert caller(user)("GET", "/rbac/system-roles").status_code == 403
    call = caller(olivia)
    assert "invoices:write" in call("PUT", path, body).json()["permissions"]
    assert "invoices:write" in allowed(acme.member)
    keys = [each["key"] for each in call("GET", "/rbac/system-roles").json()["data"]]
    assert keys == ["owner", "admin", "member", "viewer"]
    for bad in (["member:remove"], ["nothing:known"]):
        assert call("PUT", path, {"permissions": bad}).status_code == 422
    assert call("PUT", "/rbac/system-roles/root", body).status_code == 404
    assert call("PUT", path, {"permissions": []}).status_code == 200
    assert "invoices:write" not in allowed(acme.member)


ROUTES = [
    ("GET", "/roles"),
    ("POST", "/roles"),
    *((method, "/roles/{role}") for method in ("GET", "PATCH", "DELETE")),
    ("GET", "/members/{member}/roles"),
    *((method, "/members/{member}/roles/{role}") for method in ("PUT", "DELETE")),
    ("GET", "/groups"),
    ("POST", "/groups"),
    *((method, "/groups/{group}") for method in ("GET", "PATCH", "DELETE")),
    ("GET", "/groups/{group}/members"),
    *((method, "/groups/{group}/members/{member}") for method in ("PUT", "DELETE")),
    *((method, "/groups/{group}/roles/{role}") for method in ("PUT", "DELETE")),
    ("POST", "/check"),
    ("POST", "/check-many"),
    ("GET", "/permissions"),
    ("POST", "/evaluate"),
    ("GET", "/rules"),
    ("POST", "/rules"),
    *((method, "/rules/{rule}") for method in ("GET", "PATCH", "DELETE")),
]
GOOD = {
    "/roles": {"name": "Mine", "permissions": []},
    "/groups": {"name": "Mine"},
    "/check": {"permission": "member:read"},
    "/check-many": {"permissions": ["member:read"]},
    "/evaluate": {"action": "member:read"},
    "/rules": {"name": "Mine", "effect": "allow", "actions": ["a:b"]},
}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_to_charlie_nothing_is_there(acme: Acme, charlie: User, method: str, path: str) -> None:
    """With ids that exist, with ids that do not, in an organization that is not his and in his own."""
    role = acme.member.role
    group = caller(acme.alice)("POST", at(acme, "/groups"), {"name": "Sales"}).json()["id"]
    rule = caller(acme.alice)("POST", at(acme, "/rules"), {**GOOD["/rules"]}).json()["id"]
    ids = {"role": role.id, "member": acme.member.id, "group": group, "rule": rule}
    own = make_organization(charlie)
    body = None if method in ("GET", "DELETE") else GOOD.get(path, {})
    call = caller(charlie)
    assert call(method, at(acme, path.format(**ids)), body).status_code == 404
    if "{" in path:
        assert call(method, f"/organizations/{own.id}{path.format(**ids)}", body).status_code == 404
    assert call(method, f"/organizations/{uuid4()}{path.format(**ids)}", body).status_code == 404


def test_a_viewer_changes_nothing(acme: Acme, charlie: User) -> None:
    join(acme.organization, charlie, "viewer")
    call = caller(charlie)
    assert call("GET", at(acme, "/roles")).status_code == 200
    assert call("GET", at(acme, "/rules")).status_code == 403
    assert call("POST", at(acme, "/roles"), GOOD["/roles"]).status_code == 403
    assert call("POST", at(acme, "/groups"), GOOD["/groups"]).status_code == 403
    assert call("POST", at(acme, "/rules"), GOOD["/rules"]).status_code == 403
