"""`/api/v1/users`: operators find, make, change and lock people; nobody else does."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, User
from accounts.services import deletion
from audit.models import Event
from core import clock, limits, throttle
from login.tests.api import call as auth
from login.tests.api import problem_of

pytestmark = pytest.mark.django_db


def token_of(user: User) -> str:
    answer = auth("login", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    token: str = answer.json()["tokens"]["access_token"]
    return token


def users_api(token: str, path: str = "", body: Any = None, *, method: str = "GET", **query: str) -> Any:
    address = f"/api/v1/users{path}" + (f"?{urlencode(query)}" if query else "")
    headers = {"Authorization": f"Bearer {token}"}
    if body is None:
        return Client().generic(method, address, headers=headers)
    return Client().generic(
        method, address, json.dumps(body), content_type="application/json", headers=headers
    )


def emails_in(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [user["email"] for user in answer.json()["data"]]


@pytest.fixture
def token(olivia: User) -> str:
    return token_of(olivia)


def close_sudo() -> None:
    Session.objects.update(sudo_until=clock.now() - timedelta(seconds=1))


EVERY_ROUTE = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "/{id}"),
    ("PATCH", "/{id}"),
    ("POST", "/{id}/suspend"),
    ("POST", "/{id}/reactivate"),
    ("POST", "/{id}/unlock"),
    ("POST", "/{id}/require-password-reset"),
    ("DELETE", "/{id}"),
    ("GET", "/{id}/sessions"),
    ("DELETE", "/{id}/sessions"),
    ("DELETE", "/{id}/sessions/0199a000-0000-7000-8000-000000000000"),
]


@pytest.mark.parametrize(("method", "path"), EVERY_ROUTE)
def test_nobody_but_operators(alice: User, bob: User, method: str, path: str) -> None:
    path = path.format(id=bob.id)
    body = (
        {"email": "new@example.com"} if (method, path) == ("POST", "") else {} if method == "PATCH" else None
    )
    refused = users_api(token_of(alice), path, body, method=method)
    assert problem_of(refused) == (403, "AUTHORIZATION_ERROR", "not_an_operator")
    assert problem_of(Client().generic(method, f"/api/v1/users{path}"))[0] == 401


def test_a_role_without_the_domain_is_not_enough(alice: User, bob: User) -> None:
    User.objects.filter(id=alice.id).update(role="superadmin")
    assert users_api(token_of(alice), f"/{bob.id}").status_code == 403


def test_pages_follow_one_another_without_gap_or_repetition(token: str, olivia: User) -> None:
    at = clock.now()
    people = [UserFactory(created_at=at - timedelta(minutes=n // 3)) for n in range(10)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = users_api(token, limit="3", **cursor)
        seen += emails_in(answer)
        if answer.json()["next_cursor"] is None:
            break
        cursor = {"cursor": answer.json()["next_cursor"]}
    assert sorted(seen) == sorted([olivia.email, *(person.email for person in people)])
    assert emails_in(users_api(token, limit="20", sort="created_at")) == seen[::-1]


@pytest.mark.parametrize("cursor", ["x", "bm8", "MjAyNnxu", "ÿ", "MjAyNi0xMS0yNVQxMjowMDowMHxub3BlCg"])
def test_a_cursor_that_is_none_of_ours_is_refused(token: str, cursor: str) -> None:
    assert problem_of(users_api(token, cursor=cursor)) == (422, "VALIDATION_ERROR", "bad_cursor")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ALICE", ["alice@example.com"]),
        ("ice@exam", ["alice@example.com"]),
        ("anna müller", ["zoe@example.com"]),
        ("100%", []),
        ("a_ice", []),
        ("' OR 1=1 --", []),
    ],
)
def test_search_looks_into_address_and_names(
    token: str, alice: User, bob: User, text: str, found: list[str]
) -> None:
    UserFactory(email="zoe@example.com", given_name="Anna", family_name="Müller")
    # The words of all names are in one text, with a space where a name is empty.
    User.objects.filter(email="zoe@example.com").update(middle_name="", given_name="", nickname="Anna Müller")
    assert emails_in(users_api(token, search=text)) == found


def test_filters(token: str, alice: User, bob: User, olivia: User) -> None:
    User.objects.filter(id=bob.id).update(status="suspended", email_verified=False)
    assert emails_in(users_api(token, status="suspended")) == [bob.email]
    assert emails_in(users_api(token, email_verified="false")) == [bob.email]
    assert emails_in(users_api(token, role=olivia.role)) == [olivia.email]
    assert olivia.email not in emails_in(users_api(token, role="none"))
    later = (clock.now() + timedelta(hours=1)).isoformat()
    assert emails_in(users_api(token, created_after=later)) == []
    assert users_api(token, status="gone").status_code == 422
    assert users_api(token, colour="red").status_code == 422


def test_a_list_costs_the_same_for_many_people(token: str) -> None:
    UserFactory.create_batch(30)
    with CaptureQueriesContext(
        connection,
    ) as few:
        users_api(token, limit="5")
    with CaptureQueriesContext(connection) as many:
        users_api(token, limit="30")
    assert len(few) == len(many)


def test_an_operator_makes_a_user(token: str, olivia: User) -> None:
    body = {"email": "Dora@Example.com", "given_name": "Dora", "metadata": {"plan": "gold"}}
    answer = users_api(token, "", body, method="POST")
    assert answer.status_code == 201, answer.content
    dora = User.objects.get(email="dora@example.com")
    assert answer.json()["id"] == str(dora.id)
    assert (dora.given_name, dora.metadata, dora.email_verified) == ("Dora", {"plan": "gold"}, False)
    assert not dora.has_usable_password()
    event = Event.objects.get(action="user.created", target_id=str(dora.id))
    assert event.actor_id == olivia.id
    again = users_api(token, "", body, method="POST")
    assert problem_of(again) == (409, "CONFLICT_ERROR", "email_taken")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "nonsense"},
        {"email": "d@example.com", "password": "short"},
        {"email": "d@example.com", "is_staff": True},
        {"email": "d@example.com", "status": "active"},
        {"email": "d@example.com", "metadata": {"a": "x" * 20_000}},
        {"email": "d@example.com", "metadata": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}},
        {"email": "d@example.com", "email_verified": "true"},
        {"email": "d@example.com", "role": "owner"},
    ],
)
def test_bad_input_makes_nobody(token: str, olivia: User, body: dict[str, Any]) -> None:
    assert problem_of(users_api(token, "", body, method="POST"))[0] == 422
    assert list(User.objects.all()) == [olivia]


def test_roles_ask_for_a_fresh_proof(token: str, alice: User) -> None:
    close_sudo()
    for method, path, body in [
        ("POST", "", {"email": "d@example.com", "role": "admin"}),
        ("POST", "", {"email": "d@example.com", "email_verified": True}),
        ("PATCH", f"/{alice.id}", {"role": "admin"}),
        ("PATCH", f"/{alice.id}", {"email_verified": False}),
    ]:
        refused = users_api(token, path, body, method=method)
        assert problem_of(refused) == (401, "AUTHENTICATION_ERROR", "reauthentication_required")
        assert 'error="insufficient_user_authentication"' in refused["WWW-Authenticate"]
        assert 'max_age="900"' in refused["WWW-Authenticate"]
    assert users_api(token, f"/{alice.id}", {"given_name": "A"}, method="PATCH").status_code == 200
    alice.refresh_from_db()
    assert (alice.role, alice.email_verified, alice.given_name) == ("", True, "A")


def test_nobody_grants_above_themselves(alice: User) -> None:
    admin = UserFactory(email="adam@janua.dev", role="admin")
    token = token_of(admin)
    for role in ("admin", "superadmin"):
        refused = users_api(token, f"/{alice.id}", {"role": role}, method="PATCH")
        assert problem_of(refused) == (403, "AUTHORIZATION_ERROR", "role_too_low")
        made = users_api(token, "", {"email": "d@example.com", "role": role}, method="POST")
        assert problem_of(made)[0] == 403
    assert not User.objects.filter(email="d@example.com").exists()


def test_nobody_manages_their_betters_or_themselves(olivia: User) -> None:
    admin = UserFactory(email="adam@janua.dev", role="admin")
    token = token_of(admin)
    for target in (olivia, admin):
        for method, path, body in [
            ("PATCH", "", {"metadata": {}}),
            ("POST", "/suspend", None),
            ("POST", "/unlock", None),
            ("DELETE", "/sessions", None),
        ]:
            refused = users_api(token, f"/{target.id}{path}", body, method=method)
            assert problem_of(refused)[2] == "role_too_low", (path, target.email)


def test_suspended_at_once_and_let_in_again(token: str, alice: User) -> None:
    hers = token_of(alice)
    answer = users_api(token, f"/{alice.id}/suspend", method="POST")
    assert answer.json()["status"] == "suspended"
    assert auth("me", token=hers, method="GET").status_code == 401
    assert users_api(token, f"/{alice.id}/reactivate", method="POST").json()["status"] == "active"
    assert token_of(alice)


def test_unlocked_people_are_heard_again(token: str, alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on", redis_url="")
    for _ in range(limits.LOGIN_ACCOUNT.count):
        throttle.hit(limits.LOGIN_ACCOUNT, str(alice.id), now=clock.now())
    right = {"email": alice.email, "password": PASSWORD}
    assert auth("login", right).status_code == 429
    assert users_api(token, f"/{alice.id}/unlock", method="POST").status_code == 200
    assert auth("login", right).status_code == 200
    assert Event.objects.filter(action="user.unlocked", target_id=str(alice.id)).count() == 1


def test_sessions_of_a_person_are_seen_and_ended(token: str, alice: User) -> None:
    hers = token_of(alice)
    token_of(alice)
    listed = users_api(token, f"/{alice.id}/sessions").json()["data"]
    assert len(listed) == 2
    assert not {"secret_hash"} & set(listed[0])
    ended = users_api(token, f"/{alice.id}/sessions/{listed[1]['id']}", method="DELETE")
    assert ended.status_code == 204
    again = users_api(token, f"/{alice.id}/sessions/{listed[1]['id']}", method="DELETE")
    assert problem_of(again)[0] == 404
    assert auth("me", token=hers, method="GET").status_code == 401
    assert users_api(token, f"/{alice.id}/sessions", method="DELETE").status_code == 204
    assert users_api(token, f"/{alice.id}/sessions").json() == {"data": []}


def test_a_session_of_another_person_is_not_found(token: str, alice: User, bob: User) -> None:
    token_of(bob)
    his = Session.objects.get(user=bob)
    refused = users_api(token, f"/{alice.id}/sessions/{his.id}", method="DELETE")
    assert problem_of(refused)[0] == 404
    his.refresh_from_db()
    assert his.ended_at is None


def test_unknown_people_are_not_found(token: str) -> None:
    assert problem_of(users_api(token, f"/{uuid4()}"))[:2] == (404, "NOT_FOUND_ERROR")


def test_a_password_that_must_be_reset_opens_nothing(token: str, alice: User) -> None:
    hers = token_of(alice)
    answer = users_api(token, f"/{alice.id}/require-password-reset", method="POST")
    assert answer.json()["password_reset_required"] is True
    assert auth("me", token=hers, method="GET").status_code == 401
    refused = auth("login", {"email": alice.email, "password": PASSWORD})
    assert problem_of(refused) == (401, "AUTHENTICATION_ERROR", "password_reset_required")


def test_a_deleted_person_is_locked_out_at_once_and_erased_by_the_next_run(token: str, alice: User) -> None:
    hers = token_of(alice)
    close_sudo()
    refused = users_api(token, f"/{alice.id}", method="DELETE")
    assert problem_of(refused)[2] == "reauthentication_required"
    Session.objects.filter(user__role="superadmin").update(sudo_until=clock.now() + timedelta(minutes=5))
    assert users_api(token, f"/{alice.id}", method="DELETE").status_code == 204
    assert auth("me", token=hers, method="GET").status_code == 401
    assert auth("login", {"email": alice.email, "password": PASSWORD}).status_code == 401
    deletion.erase_due(now=clock.now())
    assert not User.objects.filter(id=alice.id).exists()
    assert problem_of(users_api(token, f"/{alice.id}"))[0] == 404
