"""How each route for roles, groups, permissions and rules is made to change something, and its one event (S260)."""

import json
from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.factories import UserFactory
from core import clock
from oauth.services import client_permissions
from organizations.factories import join, make_organization, make_role
from organizations.models import AccessRule, AppPermission, Group, GroupRole, Membership, Role
from tests.adversarial.client_acts import operator
from tests.adversarial.client_acts import rest as client_rest
from tests.adversarial.tools import api_login, bearer

RULE = {"name": "Small sums", "effect": "allow", "actions": ["invoices:pay"]}


class Place:
    """alice's organization, with one of each."""

    def __init__(self, scene: Any) -> None:
        now = clock.now()
        self.organization = make_organization(scene.alice)
        self.member: Membership = join(self.organization, UserFactory(email="bob@example.com"))
        self.role: Role = make_role(self.organization, "audit:read")
        self.spare: Role = make_role(self.organization, "audit:read")
        times = {"created_at": now, "updated_at": now}
        self.group: Group = Group.objects.create(organization=self.organization, name="Sales", **times)
        GroupRole.objects.create(group=self.group, role=self.spare)
        self.rule: AccessRule = AccessRule.objects.create(
            organization=self.organization, name="All", effect="deny", actions=["a:b"], **times
        )

    def at(self, path: str) -> str:
        ids = {name: getattr(self, name).id for name in ("member", "role", "spare", "group", "rule")}
        return path.format(**ids)


def rest(method: str, path: str, body: Any = None) -> Callable[[Any], Any]:
    """alice's request in her organization."""

    def act(scene: Any) -> Any:
        place = Place(scene)
        address = f"/api/v1/organizations/{place.organization.id}{place.at(path)}"
        header = bearer(api_login(Browser(), scene.alice)["access_token"])
        sent = json.dumps(body) if body is not None else ""
        return Browser().generic(method, address, sent, "application/json", **scene.headers, **header)

    return act


def page(path: str, form: dict[str, Any]) -> Callable[[Any], Any]:
    """alice's form in her organization."""

    def act(scene: Any) -> Any:
        place = Place(scene)
        filled = {name: place.at(value) if isinstance(value, str) else value for name, value in form.items()}
        return scene.page(f"/organizations/{place.organization.slug}{place.at(path)}", filled)

    return act


def _system_role(scene: Any) -> Any:
    AppPermission.objects.create(name="invoices:write", client_id="x", created_at=clock.now())
    header = bearer(api_login(Browser(), operator())["access_token"])
    return Browser().put(
        "/api/v1/rbac/system-roles/member",
        {"permissions": ["invoices:write"]},
        content_type="application/json",
        **scene.headers,
        **header,
    )


def _delete_permission(scene: Any) -> Any:
    made = client_permissions.define(
        actor=operator(), client=scene.client.client, name="invoices:write", now=clock.now()
    )
    return client_rest("DELETE", f"/permissions/{made.id}")(scene)


ROLE_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "api_roles": (rest("POST", "/roles", {"name": "New"}), "role.created"),
    "api_role": (rest("PATCH", "/roles/{role}", {"permissions": []}), "role.changed"),
    "api_member_role": (rest("PUT", "/members/{member}/roles/{role}"), "role.granted"),
    "api_groups": (rest("POST", "/groups", {"name": "New"}), "group.created"),
    "api_group": (rest("PATCH", "/groups/{group}", {"name": "New"}), "group.changed"),
    "api_group_member": (rest("PUT", "/groups/{group}/members/{member}"), "group.member_added"),
    "api_group_role": (rest("PUT", "/groups/{group}/roles/{role}"), "group.role_added"),
    "api_rules": (rest("POST", "/rules", RULE), "rule.created"),
    "api_rule": (rest("DELETE", "/rules/{rule}"), "rule.deleted"),
    "api_system_role": (_system_role, "role.system_changed"),
    "api_client_permissions": (
        client_rest("POST", "/permissions", '{"name": "invoices:write"}'),
        "client.permission_defined",
    ),
    "api_client_permission": (_delete_permission, "client.permission_deleted"),
    "organization_role_new": (page("/roles/new", {"name": "New"}), "role.created"),
    "organization_role": (page("/roles/{role}", {"act": "delete"}), "role.deleted"),
    "organization_group_new": (page("/groups/new", {"name": "New"}), "group.created"),
    "organization_group": (
        page("/groups/{group}", {"act": "remove_role", "id": "{spare}"}),
        "group.role_removed",
    ),
    "organization_rule_new": (page("/rules/new", {**RULE, "actions": "invoices:pay"}), "rule.created"),
    "organization_rule": (page("/rules/{rule}", {**RULE, "actions": "a:b"}), "rule.changed"),
}
ROLES_CHANGE_NOTHING = {
    *("api_permissions", "api_system_roles", "api_member_roles", "api_group_members"),
    *("api_check", "api_check_many", "api_own_permissions", "api_evaluate"),
    *("organization_roles", "organization_groups", "organization_rules", "organization_rule_try"),
}
