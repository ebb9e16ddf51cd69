"""`/organizations/{id}/audit`, and what is taken along."""

import csv
import io
import json
from typing import Any

import pytest

from accounts.models import User
from core.spreadsheets import cell
from organizations.factories import join, make_organization
from organizations.models import Organization
from organizations.tests.rest import Rest
from organizations.tests.test_trail import happens


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def test_a_line_says_who_did_what_to_what_from_where(acme: Organization, alice: User) -> None:
    happens(acme, alice, target_type="user", target_id=str(alice.id), shelf="B")
    [line] = Rest(alice)("GET", f"/organizations/{acme.id}/audit").json()["data"]
    alice_ = {"type": "user", "id": str(alice.id), "name": "Alice"}
    assert (line["seq"], line["action"], line["result"]) == (1, "book.moved", "success")
    assert (line["actor"], line["target"]) == (alice_, alice_)
    assert (line["data"], line["request_id"]) == ({"shelf": "B"}, "r-1")
    assert line["personal"] == {"ip": "203.0.113.9", "user_agent": "Reader/1.0"}


def test_the_list_is_filtered_by_time_with_from_and_to(acme: Organization, alice: User) -> None:
    happens(acme, alice)
    rest, path = Rest(alice), f"/organizations/{acme.id}/audit"
    [line] = rest("GET", path).json()["data"]
    assert len(rest("GET", path, {"from": line["at"]}).json()["data"]) == 1
    assert rest("GET", path, {"to": line["at"]}).json()["data"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "1000000000"},
        {"limit": "-1"},
        {"cursor": "x" * 201},
        {"cursor": "forged"},
        {"page": "2"},
        {"filter[_connector]": "OR"},
        {"actor_id__in": "1"},
        {"ordering": "hash"},
        {"fields": "__all__"},
        {"actor": "me"},
        {"action": "member.removed"},
        {"result": "maybe"},
        {"from": "yesterday"},
    ],
)
def test_s245_s246_a_query_that_is_not_offered_is_refused(
    acme: Organization, alice: User, query: dict[str, str]
) -> None:
    assert Rest(alice)("GET", f"/organizations/{acme.id}/audit", query).status_code == 422


def test_outsiders_get_404_and_members_403(acme: Organization, alice: User, bob: User, charlie: User) -> None:
    join(acme, bob)
    for user, status in ((bob, 403), (charlie, 404)):
        rest = Rest(user)
        assert rest("GET", f"/organizations/{acme.id}/audit").status_code == status
        assert rest("POST", f"/organizations/{acme.id}/audit/export", {}).status_code == status


def exported(rest: Rest, organization: Organization, **body: Any) -> str:
    answer = rest("POST", f"/organizations/{organization.id}/audit/export", body)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-')
    assert answer["Cache-Control"] == "no-store"
    return b"".join(answer.streaming_content).decode()


def test_json_lines_say_what_the_list_says(acme: Organization, alice: User) -> None:
    happens(acme, alice, shelf="über\n1")
    rest = Rest(alice)
    text = exported(rest, acme, action="book.moved")
    listed = rest("GET", f"/organizations/{acme.id}/audit", {"action": "book.moved"}).json()["data"]
    assert [json.loads(line) for line in text.splitlines()] == listed


def test_s253_no_cell_of_the_table_begins_a_formula(acme: Organization, alice: User) -> None:
    User.objects.filter(id=alice.id).update(given_name="=cmd|'/C calc'!A0")
    happens(acme, alice, target_id="+1+1", email="@SUM(A1)")
    text = exported(Rest(alice), acme, format="csv", action="book.moved")
    [row] = csv.DictReader(io.StringIO(text))
    assert row["actor_name"] == "'=cmd|'/C calc'!A0"
    assert row["target_id"] == "'+1+1"
    assert json.loads(row["personal"]) == {"email": "@SUM(A1)"}
    assert row["ip"] == "203.0.113.9"
    assert not [value for value in row.values() if value[:1] in "=+-@\t\r" and value]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1"])
def test_s253_what_begins_a_formula_is_disarmed(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "1+1", "alice@example.com"])
def test_s253_what_begins_none_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("body", [{"format": "xlsx"}, {"limit": 5}, {"cursor": "x"}, {"organization": "x"}])
def test_an_export_of_what_is_not_offered_is_refused(acme: Organization, alice: User, body: Any) -> None:
    assert Rest(alice)("POST", f"/organizations/{acme.id}/audit/export", body).status_code == 422
