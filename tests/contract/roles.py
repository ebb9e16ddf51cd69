"""What makes each operation on roles, groups, permissions and rules succeed."""

from typing import Any

from tests.support.stage import Stage


def with_roles(call: Any, stage: Stage, password: str) -> None:
    """As a throw-away owner, whose client has permissions."""
    email, one = "role.maker@example.com", "/organizations/{organization_id}"
    stage.janua.create_user(email, password)
    call.token = ""
    signed_in = call("POST", "/auth/login", email=email, password=password)
    call.token = signed_in["tokens"]["access_token"]
    organization = call("POST", "/organizations", name="Roles")["id"]
    permission = _with_permissions(call)
    ids: dict[str, str] = {"organization_id": organization}
    call("POST", f"{one}/check", ids, permission=permission)
    call("POST", f"{one}/check-many", ids, permissions=[permission, "member:read"])
    assert call("GET", f"{one}/permissions", ids)["is_owner"]
    ids["role_id"] = call("POST", f"{one}/roles", ids, name="Keeper", permissions=[permission])["id"]
    assert call("GET", f"{one}/roles", ids)["total"] >= 5
    call("GET", f"{one}/roles/{{role_id}}", ids)
    call("PATCH", f"{one}/roles/{{role_id}}", ids, description="Keeps the books")
    ids["member_id"] = call("GET", f"{one}/members", ids)["data"][0]["id"]
    call("PUT", f"{one}/members/{{member_id}}/roles/{{role_id}}", ids)
    assert len(call("GET", f"{one}/members/{{member_id}}/roles", ids)["data"]) == 2
    call("DELETE", f"{one}/members/{{member_id}}/roles/{{role_id}}", ids)
    _with_groups(call, one, ids)
    _with_rules(call, one, ids, permission)
    call("DELETE", f"{one}/roles/{{role_id}}", ids)
    call.token = ""


def _with_permissions(call: Any) -> str:
    client = call("POST", "/oauth/clients", client_name="Books", redirect_uris=["http://127.0.0.1/cb"])
    ids, path = {"client_id": client["client_id"]}, "/oauth/clients/{client_id}/permissions"
    kept = call("POST", path, ids, name="invoices:write")["name"]
    ids["permission_id"] = call("POST", path, ids, name="invoices:read")["id"]
    call("PATCH", f"{path}/{{permission_id}}", ids, description="Read invoices")
    assert len(call("GET", path, ids)["data"]) == 2
    call("DELETE", f"{path}/{{permission_id}}", ids)
    assert call("GET", "/rbac/permissions")["janua"]
    return str(kept)


def _with_groups(call: Any, one: str, ids: dict[str, str]) -> None:
    ids["group_id"] = call("POST", f"{one}/groups", ids, name="Sales")["id"]
    group = f"{one}/groups/{{group_id}}"
    call("PUT", f"{group}/roles/{{role_id}}", ids)
    call("PUT", f"{group}/members/{{member_id}}", ids)
    assert call("GET", f"{one}/groups", ids)["data"][0]["member_count"] == 1
    call("GET", group, ids)
    call("PATCH", group, ids, name="Support")
    assert call("GET", f"{group}/members", ids)["total"] == 1
    call("DELETE", f"{group}/members/{{member_id}}", ids)
    call("DELETE", f"{group}/roles/{{role_id}}", ids)
    call("DELETE", group, ids)


def _with_rules(call: Any, one: str, ids: dict[str, str], action: str) -> None:
    condition = {"less": [{"attr": "resource.amount"}, 100]}
    made = call(
        "POST", f"{one}/rules", ids, name="Sums", effect="deny", actions=[action], condition=condition
    )
    ids["rule_id"] = made["id"]
    asked = call("POST", f"{one}/evaluate", ids, action=action, resource={"amount": 5})
    assert (asked["allowed"], asked["decided_by"]["kind"]) == (False, "rule")
    assert call("GET", f"{one}/rules", ids)["total"] == 1
    rule = f"{one}/rules/{{rule_id}}"
    call("GET", rule, ids)
    call("PATCH", rule, ids, is_enabled=False)
    call("DELETE", rule, ids)


def with_system_roles(call: Any) -> None:
    """As the operator who is logged in."""
    assert len(call("GET", "/rbac/system-roles")["data"]) == 4
    call("PUT", "/rbac/system-roles/{key}", {"key": "member"}, permissions=[])
