"""What a request says and nobody asked for is refused, and never dropped."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from organizations.factories import make_role
from organizations.models import Membership
from organizations.tests.rest import Rest
from organizations.tests.role_cast import Acme, acme_of

ROOMS = ("/api/v1/organizations/", "/api/v1/users/me/invitations", "/api/v1/users/me/joinable")
ANY_ID = "00000000-0000-4000-8000-000000000000"


def operations_without_a_body() -> list[tuple[str, str]]:
    document = json.loads(Path(settings.BASE_DIR, "openapi.json").read_text())
    return [
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith(ROOMS) and method != "get" and "requestBody" not in operation
    ]


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    return acme_of(alice, bob, "key:own")


def test_no_operation_of_organizations_that_takes_no_body_drops_one(acme: Acme, alice: User) -> None:
    call, operations = Rest(alice), operations_without_a_body()
    assert len(operations) > 25
    for method, path in operations:
        names = [part for part in path.split("/") if part.startswith("{")]
        for name in names:
            path = path.replace(name, str(acme.id) if name == "{organization_id}" else ANY_ID)
        answer = call(method, path.removeprefix("/api/v1"), {"surprise": "x"})
        if path.endswith("/logo"):
            assert answer.status_code == 415  # its address takes pictures alone
        else:
            refused = (answer.status_code, [*answer.json().get("details", ())])
            assert refused == (422, ["surprise"]), (method, path)


def test_a_suspension_takes_no_reason(acme: Acme, alice: User) -> None:
    call, path = Rest(alice), f"/organizations/{acme.id}/members/{acme.member.id}/suspend"
    assert call("POST", path, {"reason": "x"}).json()["details"].keys() == {"reason"}
    assert not Membership.objects.exclude(suspended_at=None).exists()
    assert call("POST", path, {}).status_code == 200
    assert call("POST", path).status_code == 200


def test_where_the_members_of_a_role_go_stands_in_the_query_alone(acme: Acme, alice: User) -> None:
    call, role, other = Rest(alice), acme.member.role, make_role(acme.organization, "key:own")
    path = f"/organizations/{acme.id}/roles/{role.id}"
    refused = call("DELETE", path, {"move_to": str(other.id)})
    assert (refused.status_code, refused.json()["details"].keys()) == (422, {"move_to"})
    assert call("DELETE", f"{path}?move_to={other.id}").status_code == 204
    assert Membership.objects.get(id=acme.member.id).role_id == other.id


@pytest.mark.parametrize("name", ["csv", "xml", "jsonl", "json"])
def test_the_query_chooses_no_format(acme: Acme, alice: User, name: str) -> None:
    """There is JSON alone: a route that knows its query refuses the word, one without a query does not look."""
    call = Rest(alice)
    refused = call("GET", f"/organizations/{acme.id}/members?format={name}")
    assert (refused.status_code, refused.json()["details"].keys()) == (422, {"format"})
    assert call("GET", f"/organizations/{acme.id}?format={name}").json()["id"] == str(acme.id)
