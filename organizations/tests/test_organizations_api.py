"""`/api/v1/organizations`: the same services over REST; to outsiders nothing is there, whatever they send."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import Session, User
from accounts.tests.address_cast import bearer_of
from audit.models import Event
from core.tests.pictures import picture
from organizations.factories import join, make_organization
from organizations.models import Membership, Organization, OrganizationLogo, Role
from organizations.permissions import ADMIN, OWNER, VIEWER

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/organizations"


class Caller:
    """A person with an access token."""

    def __init__(self, user: User) -> None:
        self.headers = bearer_of(user)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        kind = "image/png" if isinstance(body, bytes) else "application/json"
        return Client().generic(
            method,
            path,
            body if isinstance(body, bytes) else _json(body),
            kind,
            headers={**self.headers, **headers},
        )


def _json(body: Any) -> str:
    return "" if body is None else json.dumps(body)


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


def place(user: User) -> Membership:
    found: Membership = Membership.objects.select_related("role").get(user=user)
    return found


def test_an_organization_is_created_once_per_idempotency_key(alice: User) -> None:
    call = Caller(alice)
    for _ in range(2):
        answer = call(
            "POST", ROOT, {"name": "Acme", "metadata": {"a": 1}}, **{"Idempotency-Key": "one-and-only"}
        )
        assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["slug"], body["membership"]["role"]["key"], body["metadata"]) == ("acme", "owner", {"a": 1})
    assert Organization.objects.count() == 1


def test_s186_who_owns_it_is_no_field_of_the_body(alice: User, bob: User) -> None:
    for name in ("owner", "owner_id", "user_id", "created_by", "id", "suspended_at", "logo_key"):
        answer = Caller(alice)("POST", ROOT, {"name": "Acme", name: str(bob.id)})
        assert answer.status_code == 422
        assert name in answer.json()["details"]
    assert Client().post(ROOT, {"name": "x"}, content_type="application/json").status_code == 401
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "a\0b"},
        {"name": "Acme", "slug": "New"},
        {"name": "Acme", "slug": "a b"},
        {"name": "Acme", "metadata": []},
        {"name": "Acme", "metadata": {"a": {"b": {"c": {"d": {"e": {"f": {}}}}}}}},
        {"name": "Acme", "metadata": {"a": "x" * 20_000}},
    ],
)
def test_bad_input_is_a_clear_refusal(alice: User, body: Any) -> None:
    assert Caller(alice)("POST", ROOT, body).status_code in (400, 422)
    assert not Organization.objects.exists()


def test_it_is_read_and_changed_by_version(alice: User, acme: Organization) -> None:
    call, one = Caller(alice), f"{ROOT}/{acme.id}"
    etag = call("GET", one)["ETag"]
    assert call("PATCH", one, {"name": "New name"}, **{"If-Match": etag}).json()["name"] == "New name"
    assert call("PATCH", one, {"name": "Late"}, **{"If-Match": etag}).status_code == 412
    assert call("PATCH", one, {"slug": "admin"}).status_code == 422
    assert call("PATCH", one, {"deletion_due_at": None}).status_code == 422


def test_the_logo_is_encoded_anew_and_served_under_its_key(alice: User, acme: Organization) -> None:
    call, one = Caller(alice), f"{ROOT}/{acme.id}"
    answer = call("PUT", f"{one}/logo", picture())
    assert answer.status_code == 200, answer.content
    address = answer.json()["logo_url"].removeprefix("http://localhost:4100")
    served = Client().get(address)
    assert (served["Content-Type"], served.status_code) == ("image/png", 200)
    assert call("PUT", f"{one}/logo", b"<svg/>").status_code == 422
    assert call("DELETE", f"{one}/logo").status_code == 204
    assert Client().get(address).status_code == 404
    assert not OrganizationLogo.objects.exists()
    assert Event.objects.filter(action="organization.logo_changed").count() == 2


def test_members_are_listed_from_a_cursor(alice: User, bob: User, charlie: User, acme: Organization) -> None:
    for user in (bob, charlie):
        join(acme, user, VIEWER)
    call, seen, cursor = Caller(bob), [], ""
    for _ in range(3):
        page = call("GET", f"{ROOT}/{acme.id}/members?limit=1{cursor}").json()
        seen += [row["user"]["email"] for row in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [alice.email, bob.email, charlie.email]
    assert page["next_cursor"] is None
    found = call("GET", f"{ROOT}/{acme.id}/members?search=charl").json()["data"]
    assert [row["user"]["email"] for row in found] == [charlie.email]
    for query in ("limit=0", "limit=101", "cursor=x", "search=a", "status=gone", "role_id=1", "org_id=1"):
        assert call("GET", f"{ROOT}/{acme.id}/members?{query}").status_code == 422


def test_the_list_of_members_takes_the_same_few_statements_for_any_number(
    alice: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    call = Caller(alice)
    call("GET", f"{ROOT}/{acme.id}/members")
    for number in range(20):
        join(acme, UserFactory(email=f"m{number}@example.com"))
    with django_assert_num_queries(
        7
    ):  # the token's session; two for the place; four for the page and its plan
        assert len(call("GET", f"{ROOT}/{acme.id}/members?limit=20").json()["data"]) == 20


def test_a_member_is_changed_suspended_resumed_and_removed(
    alice: User, bob: User, acme: Organization
) -> None:
    member = join(acme, bob, VIEWER)
    call, one = Caller(alice), f"{ROOT}/{acme.id}/members/{member.id}"
    admin = str(Role.objects.system(ADMIN).id)
    assert call("PATCH", one, {"role_id": admin}).json()["role"]["key"] == "admin"
    assert call("POST", f"{one}/suspend").json()["suspended_at"]
    assert Caller(bob)("GET", f"{ROOT}/{acme.id}").status_code == 404
    assert call("POST", f"{one}/resume").json()["suspended_at"] is None
    assert call("GET", one).json()["user"]["email"] == bob.email
    assert call("DELETE", one).status_code == 204
    assert call("GET", one).status_code == 404
    assert call("DELETE", f"{ROOT}/{acme.id}/members/{place(alice).id}").status_code == 409


def test_one_starts_leaves_and_hands_over(alice: User, bob: User, acme: Organization) -> None:
    member = join(acme, bob)
    call, one = Caller(alice), f"{ROOT}/{acme.id}"
    assert call("POST", f"{one}/default", {}).json()["membership"]["is_default"] is True
    assert call("POST", f"{one}/default", {"is_default": False}).json()["membership"]["is_default"] is False
    assert call("POST", f"{one}/leave").status_code == 409
    answer = call("POST", f"{one}/transfer", {"membership_id": str(member.id)})
    assert answer.json()["membership"]["role"]["key"] == "admin"
    assert place(bob).role.key == OWNER
    assert call("POST", f"{one}/leave").status_code == 204
    assert call("GET", one).status_code == 404


def test_it_is_closed_and_taken_back(alice: User, acme: Organization) -> None:
    call, one = Caller(alice), f"{ROOT}/{acme.id}"
    assert call("DELETE", one, {"slug": "wrong"}).status_code == 422
    assert call("DELETE", one).status_code in (400, 422)
    assert call("DELETE", one, {"slug": "acme"}).json()["deletion_due_at"]
    assert call("PATCH", one, {"name": "x"}).status_code == 409
    assert call("DELETE", f"{one}/deletion").json()["deletion_due_at"] is None
    assert call("DELETE", f"{one}/deletion").status_code == 409


def test_sensitive_acts_ask_for_a_fresh_proof(alice: User, bob: User, acme: Organization) -> None:
    member, call = join(acme, bob), Caller(alice)
    Session.objects.filter(user=alice).update(sudo_until=None)
    one = f"{ROOT}/{acme.id}"
    for answer in (
        call("DELETE", one, {"slug": "acme"}),
        call("POST", f"{one}/transfer", {"membership_id": str(member.id)}),
        call("PATCH", f"{one}/members/{member.id}", {"role_id": str(Role.objects.system(OWNER).id)}),
    ):
        assert (answer.status_code, answer.json()["reason"]) == (401, "reauthentication_required")


ACTS: dict[str, Callable[[Caller, str, str], Any]] = {
    "read": lambda call, one, member: call("GET", one),
    "change": lambda call, one, member: call("PATCH", one, {"name": "Charlie's"}),
    "delete": lambda call, one, member: call("DELETE", one, {"slug": "acme"}),
    "take back": lambda call, one, member: call("DELETE", f"{one}/deletion"),
    "set logo": lambda call, one, member: call("PUT", f"{one}/logo", picture()),
    "take logo": lambda call, one, member: call("DELETE", f"{one}/logo"),
    "start": lambda call, one, member: call("POST", f"{one}/default", {}),
    "leave": lambda call, one, member: call("POST", f"{one}/leave"),
    "transfer": lambda call, one, member: call("POST", f"{one}/transfer", {"membership_id": member}),
    "list": lambda call, one, member: call("GET", f"{one}/members"),
    "search": lambda call, one, member: call("GET", f"{one}/members?search=alice"),
    "read member": lambda call, one, member: call("GET", f"{one}/members/{member}"),
    "role": lambda call, one, member: call("PATCH", f"{one}/members/{member}", {"role_id": str(uuid4())}),
    "suspend": lambda call, one, member: call("POST", f"{one}/members/{member}/suspend"),
    "resume": lambda call, one, member: call("POST", f"{one}/members/{member}/resume"),
    "remove": lambda call, one, member: call("DELETE", f"{one}/members/{member}"),
}


@pytest.mark.parametrize("act", ACTS)
def test_s183_to_another_organization_nothing_is_there(
    act: str, alice: User, charlie: User, acme: Organization
) -> None:
    own = make_organization(charlie, slug="charlies")
    call, alices = Caller(charlie), str(place(alice).id)
    before = Event.objects.count()
    assert ACTS[act](call, f"{ROOT}/{acme.id}", alices).status_code == 404
    if act in ("read member", "role", "suspend", "resume", "remove", "transfer"):
        assert ACTS[act](call, f"{ROOT}/{own.id}", alices).status_code == 404, "within one's own"
    acme.refresh_from_db()
    assert (acme.name, acme.deletion_due_at, acme.logo_key) == ("Acme", None, "")
    assert place(alice).role.key == OWNER
    [denied] = Event.objects.order_by("at", "id")[before:]
    assert (denied.action, denied.result) == ("organization.access_denied", "denied")
    assert (denied.actor_id, denied.target_id) == (charlie.id, str(acme.id))


def test_s184_lists_and_totals_hold_nothing_of_others(alice: User, charlie: User, acme: Organization) -> None:
    make_organization(charlie, name="Charlies", slug="charlies")
    call = Caller(charlie)
    for path in (ROOT, "/api/v1/users/me/organizations"):
        body = call("GET", path).json()
        assert ([row["slug"] for row in body["data"]], body["total"]) == (["charlies"], 1)
        assert call("GET", f"{path}?search=acme").json()["total"] == 0


@pytest.mark.parametrize("name", ["org_id", "tenant", "organization_id", "organization"])
def test_s185_the_path_alone_says_which_organization(
    name: str, alice: User, charlie: User, acme: Organization
) -> None:
    own = make_organization(charlie, name="Own", slug="charlies")
    call, one = Caller(charlie), f"{ROOT}/{own.id}"
    assert call("PATCH", one, {"name": "x", name: str(acme.id)}).status_code == 422
    read = call("GET", f"{one}?{name}={acme.id}", **{"X-Org-Id": str(acme.id)})
    assert read.json()["id"] == str(own.id)
    changed = call("PATCH", one, {"name": "Renamed"}, **{"X-Org-Id": str(acme.id)})
    assert changed.json()["id"] == str(own.id)
    acme.refresh_from_db()
    assert acme.name == "Acme"
