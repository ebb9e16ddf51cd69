"""What makes each documented operation of organizations and members succeed."""

from typing import Any

from core.tests.pictures import picture
from tests.support.stage import Stage

ROOT, ONE = "/organizations", "/organizations/{organization_id}"
MEMBER = f"{ONE}/members/{{membership_id}}"


def about_organizations(call: Any, stage: Stage, password: str) -> None:
    """As a person who has just come, with another one to change and to hand over to."""
    owner, other = "documented.owner@example.com", "documented.member@example.com"
    for email in (owner, other):
        stage.janua.create_user(email, password)
    call.token = call("POST", "/auth/login", email=owner, password=password)["tokens"]["access_token"]
    made = call("POST", ROOT, name="Documented", slug="documented", metadata={"plan": "gold"})
    ids = {"organization_id": made["id"]}
    assert call("GET", ROOT)["total"] == call("GET", "/users/me/organizations")["total"] == 1
    call("GET", ONE, ids)
    call("PATCH", ONE, ids, name="Documented well")
    call("PUT", f"{ONE}/logo", ids, data=picture(), content_type="image/png")
    call("DELETE", f"{ONE}/logo", ids)
    call("POST", f"{ONE}/default", ids, is_default=True)
    _join(stage, made["id"], other)
    owned, added = call("GET", f"{ONE}/members", ids)["data"]
    with_a_member(call, {**ids, "membership_id": added["id"]}, role_id=owned["role"]["id"])
    call("DELETE", ONE, ids, slug="documented")
    call("DELETE", f"{ONE}/deletion", ids)
    call("POST", f"{ONE}/transfer", ids, membership_id=added["id"])
    call("POST", f"{ONE}/leave", ids)
    call.token = call("POST", "/auth/login", email=other, password=password)["tokens"]["access_token"]
    _join(stage, made["id"], owner)
    [again] = [row for row in call("GET", f"{ONE}/members", ids)["data"] if row["user"]["email"] == owner]
    call("DELETE", MEMBER, {**ids, "membership_id": again["id"]})


def with_a_member(call: Any, ids: dict[str, str], *, role_id: str) -> None:
    call("GET", MEMBER, ids)
    call("PATCH", MEMBER, ids, role_id=role_id)
    call("POST", f"{MEMBER}/suspend", ids)
    call("POST", f"{MEMBER}/resume", ids)


def _join(stage: Stage, organization_id: str, email: str) -> None:
    """Past the invitation: the person gets the role of whoever is in it already."""
    stage.execute(
        "INSERT INTO organizations_membership (id, organization_id, user_id, role_id, is_default, joined_at) "
        "SELECT gen_random_uuid(), %s, accounts_user.id, role_id, false, now() "
        "FROM accounts_user, organizations_membership WHERE email = %s AND organization_id = %s LIMIT 1",
        *(organization_id, email, organization_id),
    )
