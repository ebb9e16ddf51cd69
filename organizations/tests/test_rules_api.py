"""Checks, evaluations and rules over REST."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from organizations.factories import join, make_organization
from organizations.tests.role_cast import Acme, acme_of, app_permission
from organizations.tests.test_roles_api import at, caller

WRITE = "invoices:write"
ANY_ID = "00000000-0000-4000-8000-000000000000"
RULE = {
    "name": "Small sums",
    "effect": "allow",
    "actions": ["invoices:pay"],
    "condition": {"less": [{"attr": "resource.amount"}, 100]},
}


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    app_permission()
    return acme_of(alice, bob, WRITE)


def statements(call: Any, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = call(method, path, body)
    return len(seen), answer


def test_each_question_costs_two_statements_beyond_the_token(acme: Acme) -> None:
    for user in (acme.bob, acme.alice):
        call = caller(user)
        token, refused = statements(call, "POST", at(acme, "/check"), {})
        assert refused.status_code == 422
        for method, path, body in (
            ("POST", "/check", {"permission": WRITE}),
            ("POST", "/check", {"permission": WRITE, "member_id": str(acme.member.id)}),
            ("POST", "/check-many", {"permissions": [WRITE, "member:read", "key:manage"]}),
            ("POST", "/check", {"permission": WRITE, "user_id": str(acme.bob.id)}),
            ("POST", "/check-many", {"permissions": [WRITE], "member_id": str(acme.member.id)}),
            ("POST", "/check-many", {"permissions": [WRITE], "user_id": str(acme.bob.id)}),
            ("GET", "/permissions", None),
        ):
            cost, answer = statements(call, method, at(acme, path), body)
            assert answer.status_code == 200
            assert cost - token <= 2, path


def test_one_many_and_all(acme: Acme) -> None:
    call = caller(acme.bob)
    assert call("POST", at(acme, "/check"), {"permission": WRITE}).json() == {
        "permission": WRITE,
        "allowed": True,
    }
    many = {"permissions": [WRITE, "invoices:delete", "member:read"]}
    assert call("POST", at(acme, "/check-many"), many).json() == {
        "results": {WRITE: True, "invoices:delete": False, "member:read": True}
    }
    mine = call("GET", at(acme, "/permissions")).json()
    assert (mine["is_owner"], WRITE in mine["permissions"]) == (False, True)
    owners = caller(acme.alice)("GET", at(acme, "/permissions")).json()
    assert (owners["is_owner"], {WRITE, "organization:delete"} <= set(owners["permissions"])) == (True, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/check", {"permission": "write"}),
        ("/check", {"permission": "*"}),
        ("/check", {"permission": "a:" + "b" * 100}),
        ("/check", {"permission": WRITE, "member_id": "me"}),
        ("/check", {"permission": WRITE, "user_id": "x"}),
        ("/check", {"permission": WRITE, "person": "x"}),
        ("/check", {"permission": WRITE, "member_id": ANY_ID, "user_id": ANY_ID}),
        ("/check-many", {"permissions": [WRITE], "member_id": ANY_ID, "user_id": ANY_ID}),
        ("/evaluate", {"action": WRITE, "subject": {"member_id": ANY_ID, "user_id": ANY_ID}}),
        ("/check-many", {"permissions": []}),
        ("/check-many", {"permissions": [WRITE] * 101}),
        ("/evaluate", {"action": "*"}),
        ("/evaluate", {"action": WRITE, "resource": []}),
        ("/evaluate", {"action": WRITE, "subject": {"role": "owner"}}),
    ],
)
def test_a_bad_question_is_refused(acme: Acme, path: str, body: Any) -> None:
    assert caller(acme.alice)("POST", at(acme, path), body).status_code == 422


def test_who_has_a_token_asks_by_the_persons_id(acme: Acme, charlie: User) -> None:
    """A token says `sub` and `org_id`: no more is needed."""
    ask, bob = caller(acme.alice), str(acme.bob.id)
    assert ask("POST", at(acme, "/check"), {"permission": WRITE, "user_id": bob}).json()["allowed"] is True
    many = {"permissions": [WRITE, "key:manage"], "user_id": bob}
    found = ask("POST", at(acme, "/check-many"), many).json()["results"]
    assert found == {WRITE: True, "key:manage": False}
    subject = {"action": WRITE, "subject": {"user_id": bob}}
    by_person = ask("POST", at(acme, "/evaluate"), subject).json()
    assert (by_person["allowed"], by_person["decided_by"]["roles"]) == (True, [acme.member.role.key])
    [listed] = ask("GET", at(acme, f"/members?user_id={bob}")).json()["data"]
    assert (listed["id"], listed["user"]["id"]) == (str(acme.member.id), bob)
    assert ask("GET", at(acme, f"/members?user_id={charlie.id}")).json()["data"] == []
    assert ask("GET", at(acme, "/members?user_id=bob")).status_code == 422


def test_a_person_of_elsewhere_is_answered_as_a_member_of_elsewhere(acme: Acme, charlie: User) -> None:
    foreign = make_organization(charlie).memberships.get()
    ask = caller(acme.alice)
    for path, body in (
        ("/check", {"permission": WRITE}),
        ("/check-many", {"permissions": [WRITE]}),
        ("/evaluate", {"action": WRITE}),
    ):
        answers = []
        for about in (
            {"member_id": str(foreign.id)},
            {"user_id": str(charlie.id)},
            {"user_id": str(foreign.id)},
        ):
            sent = {**body, **({"subject": about} if path == "/evaluate" else about)}
            answer = ask("POST", at(acme, path), sent)
            answers.append((answer.status_code, answer.json()["reason"], answer.json()["detail"]))
        assert len({*answers}) == 1, answers
        assert answers[0][:2] == (404, "member_not_found")


def test_a_member_of_another_organization_is_not_there(acme: Acme, charlie: User) -> None:
    foreign = join(make_organization(charlie), acme.bob)
    for path, body in (
        ("/check", {"permission": WRITE, "member_id": str(foreign.id)}),
        ("/evaluate", {"action": WRITE, "subject": {"member_id": str(foreign.id)}}),
    ):
        assert caller(acme.alice)("POST", at(acme, path), body).status_code == 404


def test_an_evaluation_says_why_to_who_may_read_rules(acme: Acme) -> None:
    call = caller(acme.alice)
    made = call("POST", at(acme, "/rules"), RULE)
    assert made.status_code == 201
    rule = made.json()
    question = {
        "action": "invoices:pay",
        "resource": {"amount": 99},
        "context": {"ip": "10.0.0.1"},
        "subject": {"member_id": str(acme.member.id), "attributes": {"department": "x"}},
    }
    assert call("POST", at(acme, "/evaluate"), question).json() == {
        "allowed": True,
        "decided_by": {"kind": "rule", "rule_id": rule["id"], "name": "Small sums"},
        "trace": [
            {
                "rule_id": rule["id"],
                "name": "Small sums",
                "effect": "allow",
                "outcome": "matched",
                "because": [],
            }
        ],
    }
    bobs = caller(acme.bob)(
        "POST", at(acme, "/evaluate"), {"action": "invoices:pay", "resource": {"amount": 99}}
    )
    assert bobs.json() == {"allowed": True, "decided_by": {"kind": "rule"}, "trace": []}
    by_role = caller(acme.bob)("POST", at(acme, "/evaluate"), {"action": WRITE}).json()
    assert by_role["decided_by"] == {"kind": "role", "roles": [acme.member.role.key]}


def test_a_rule_comes_changes_and_goes(acme: Acme) -> None:
    call = caller(acme.alice)
    rule = call("POST", at(acme, "/rules"), RULE).json()
    path = at(acme, f"/rules/{rule['id']}")
    assert call("PATCH", path, {"is_enabled": False, "condition": {}}).json()["condition"] == {}
    assert call("GET", path).json()["is_enabled"] is False
    assert call("GET", at(acme, "/rules")).json()["total"] == 1
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"effect": "perhaps"},
        {"actions": []},
        {"actions": "invoices:pay"},
        {"condition": "1 == 1"},
        {"condition": []},
        {"condition": None},
        {"condition": {"exec": "x"}},
        {"is_enabled": "yes"},
        {"organization": "x"},
        {"name": None},
    ],
)
def test_a_bad_rule_is_refused(acme: Acme, changes: Any) -> None:
    call = caller(acme.alice)
    assert call("POST", at(acme, "/rules"), {**RULE, **changes}).status_code == 422
    assert call("GET", at(acme, "/rules")).json()["total"] == 0


def test_deep_and_large_bodies_are_refused_calmly(acme: Acme) -> None:
    condition: Any = {"equals": [1, 1]}
    for _ in range(9):
        condition = {"not": condition}
    call = caller(acme.alice)
    refused = call("POST", at(acme, "/rules"), {**RULE, "condition": condition})
    assert (refused.status_code, refused.json()["reason"]) == (422, "bad_condition")
    deep: Any = {"a": 1}
    for _ in range(900):
        deep = {"a": deep}
    assert call("POST", at(acme, "/evaluate"), {"action": WRITE, "resource": deep}).status_code == 400
