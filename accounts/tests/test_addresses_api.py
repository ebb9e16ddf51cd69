"""One's own addresses and number over REST: the same services, and 404 for what is not one's own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Session, User
from accounts.tests.address_cast import NEW, bearer_of, code_sent_to, further, post
from accounts.tests.mails import last_letter
from core import clock

NUMBER = "+4915123456789"
EMAILS = "/users/me/emails"


def test_an_address_is_added_made_primary_and_the_old_one_removed(alice: User) -> None:
    me = bearer_of(alice)
    asked = post(me, EMAILS, {"email": NEW})
    assert (asked.status_code, asked.json()["email"], asked.json()["expires_in"]) == (201, NEW, 3600)
    waiting = asked.json()["id"]
    assert post(me, f"{EMAILS}/{waiting}/resend").status_code == 202
    listed = post(me, f"{EMAILS}/{waiting}/verify", {"code": last_letter(NEW).code})
    assert listed.status_code == 200
    primary, new = listed.json()["data"]
    assert (primary["id"], primary["is_primary"], new["email"], new["is_verified"]) == (
        str(alice.id), True, NEW, True,
    )  # fmt: skip
    user = post(me, f"{EMAILS}/{new['id']}/primary")
    assert (user.status_code, user.json()["email"]) == (200, NEW)
    primary, old = Client().get(f"/api/v1{EMAILS}", headers=me).json()["data"]
    assert (primary["email"], old["email"]) == (NEW, "alice@example.com")
    assert Client().delete(f"/api/v1{EMAILS}/{primary['id']}", headers=me).status_code == 409
    assert Client().delete(f"/api/v1{EMAILS}/{old['id']}", headers=me).status_code == 204
    assert len(Client().get(f"/api/v1{EMAILS}", headers=me).json()["data"]) == 1


def test_the_primary_address_is_replaced(alice: User) -> None:
    me = bearer_of(alice)
    asked = post(me, "/auth/email/change", {"email": NEW})
    assert asked.status_code == 202
    assert Client().get("/api/v1/auth/me", headers=me).json()["email"] == "alice@example.com"
    listed = post(me, f"{EMAILS}/{asked.json()['id']}/verify", {"code": last_letter(NEW).code})
    assert [each["email"] for each in listed.json()["data"]] == [NEW]
    assert Client().get("/api/v1/auth/me", headers=me).json()["email"] == NEW


def test_a_taken_address_is_answered_like_a_free_one(alice: User, bob: User) -> None:
    me = bearer_of(alice)
    taken, free = (post(me, EMAILS, {"email": email}) for email in (bob.email, NEW))
    assert (taken.status_code, taken.json().keys()) == (free.status_code, free.json().keys())


def test_one_logs_in_with_any_address(alice: User) -> None:
    further(alice)
    alice.email = NEW  # only what is typed
    assert bearer_of(alice)["Authorization"].startswith("Bearer ")


def test_s097_wrong_passwords_at_all_addresses_are_one_count(alice: User, janua_options: Any) -> None:
    further(alice)
    janua_options(rate_limits="on")
    body = {"password": "wrong"}
    tried = [
        post({}, "/auth/login", {**body, "email": email}).status_code
        for email in [alice.email, NEW, "ALICE@example.com", "New@Example.com"] * 3
    ]
    assert tried == [401] * 10 + [429] * 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{EMAILS}/{{id}}/verify"),
        ("POST", f"{EMAILS}/{{id}}/resend"),
        ("POST", f"{EMAILS}/{{id}}/primary"),
        ("DELETE", f"{EMAILS}/{{id}}"),
    ],
)
def test_what_is_not_ones_own_is_not_there(alice: User, charlie: User, method: str, path: str) -> None:
    waiting = post(bearer_of(alice), EMAILS, {"email": NEW}).json()["id"]
    proven = further(alice, "proven@example.com").id
    them = bearer_of(charlie)
    for email_id in (waiting, proven):
        address = f"/api/v1{path.format(id=email_id)}"
        body = {"code": "123456"} if "verify" in path else {}
        answer = Client().generic(
            method, address, '{"code": "123456"}' if body else "", "application/json", headers=them
        )
        assert answer.status_code == 404, answer.content
    assert further(alice, "still@example.com").user_id == alice.id


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (EMAILS, {"email": NEW}),
        ("/auth/email/change", {"email": NEW}),
        ("/users/me/phone", {"phone_number": NUMBER}),
        ("/users/me/phone/verify", {"code": "123456"}),
    ],
)
def test_an_old_sign_in_is_asked_for_a_fresh_one(alice: User, path: str, body: dict[str, str]) -> None:
    me = bearer_of(alice)
    Session.objects.filter(user=alice).update(sudo_until=clock.now() - timedelta(seconds=1))
    answer = post(me, path, body)
    assert (answer.status_code, answer.json()["reason"]) == (401, "reauthentication_required")
    assert "insufficient_user_authentication" in answer["WWW-Authenticate"]


@pytest.mark.parametrize("body", [{}, {"email": "nonsense"}, {"email": NEW, "is_verified": True}])
def test_faulty_bodies_are_refused(alice: User, body: dict[str, Any]) -> None:
    assert post(bearer_of(alice), EMAILS, body).status_code == 422


def test_one_key_adds_one_address(alice: User) -> None:
    me = {**bearer_of(alice), "Idempotency-Key": "adding-one-address"}
    first, second = (post(me, EMAILS, {"email": NEW}) for _ in range(2))
    assert first.json() == second.json()


def test_a_number_is_set_by_its_code_and_removed(alice: User) -> None:
    me = bearer_of(alice)
    asked = post(me, "/users/me/phone", {"phone_number": "+49 1512 3456789"})
    assert (asked.status_code, asked.json()) == (202, {"phone_number": NUMBER, "expires_in": 600})
    user = post(me, "/users/me/phone/verify", {"code": code_sent_to(NUMBER)})
    assert (user.status_code, user.json()["phone_number"], user.json()["phone_number_verified"]) == (
        200, NUMBER, True,
    )  # fmt: skip
    assert Client().delete("/api/v1/users/me/phone", headers=me).status_code == 204
    assert Client().delete("/api/v1/users/me/phone", headers=me).status_code == 404


def test_nobody_without_a_token_is_let_in(db: None) -> None:
    for path in (EMAILS, "/users/me/phone", "/auth/email/change"):
        assert post({}, path, {"email": NEW}).status_code == 401
