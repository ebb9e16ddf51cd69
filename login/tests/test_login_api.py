"""POST /api/v1/auth/login, token/refresh and logout: the door for programs."""

from typing import Any

import pytest
from django.test import Client

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, User
from accounts.services import users
from core import clock
from login.tests.api import call, problem_of

INVALID = (401, "AUTHENTICATION_ERROR", "invalid_credentials")


def log_in(email: str, password: str = PASSWORD) -> Any:
    return call("login", {"email": email, "password": password})


def tokens_of(user: User) -> dict[str, str]:
    tokens: dict[str, str] = log_in(user.email).json()["tokens"]
    return tokens


def test_a_login_answers_user_session_and_tokens(alice: User) -> None:
    response = log_in("Alice@Example.com")
    assert response.status_code == 200
    body = response.json()
    assert body.keys() == {"user", "session", "tokens"}
    assert body["user"]["email"] == alice.email
    assert body["session"]["id"] == str(Session.objects.get().id)
    assert body["session"]["kind"] == "api"
    assert body["tokens"].keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (body["tokens"]["token_type"], body["tokens"]["expires_in"]) == ("Bearer", 900)
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("not an address", PASSWORD)],
)
def test_nobody_learns_what_was_wrong(alice: User, email: str, password: str) -> None:
    response = log_in(email, password)
    assert problem_of(response) == INVALID
    assert response["WWW-Authenticate"] == "Bearer"


def test_only_the_password_opens_the_reason(alice: User, olivia: User) -> None:
    dora = UserFactory(email_verified=False)
    users.suspend(actor=olivia, user=alice, now=clock.now())
    assert problem_of(log_in(dora.email)) == (401, "AUTHENTICATION_ERROR", "email_not_verified")
    assert problem_of(log_in(alice.email)) == (401, "AUTHENTICATION_ERROR", "account_suspended")
    assert problem_of(log_in(alice.email, "wrong")) == INVALID


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "alice@example.com"}, "password"),
        ({"email": "", "password": PASSWORD}, "email"),
        ({"email": ["a"], "password": PASSWORD}, "email"),
        ({"email": "alice@example.com", "password": {"$ne": ""}}, "password"),
        ({"email": "alice@example.com", "password": "x" * 8193}, "password"),
        ({"email": "alice@example.com", "password": PASSWORD, "keep": True}, "keep"),
    ],
)
def test_a_faulty_body_is_422_on_its_field(alice: User, body: Any, field: str) -> None:
    response = call("login", body)
    assert problem_of(response)[:2] == (422, "VALIDATION_ERROR")
    assert field in response.json()["details"]


@pytest.mark.parametrize(
    ("content_type", "raw", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b'{"a":"' + b"x" * 300_000 + b'"}', 413),
        ("application/x-www-form-urlencoded", b"email=a", 415),
        ("text/plain", b"{}", 415),
    ],
)
def test_a_body_that_is_no_json_is_refused(db: None, content_type: str, raw: bytes, status: int) -> None:
    response = Client().generic("POST", "/api/v1/auth/login", raw, content_type=content_type)
    assert problem_of(response)[0] == status


def test_other_methods_are_405(db: None) -> None:
    response = call("login", method="GET")
    assert problem_of(response)[0] == 405
    assert "POST" in response["Allow"]


def test_ten_wrong_passwords_are_the_most(alice: User, bob: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    assert [log_in(alice.email, "wrong").status_code for _ in range(10)] == [401] * 10
    refused = log_in(alice.email)
    assert problem_of(refused)[:2] == (429, "RATE_LIMIT_ERROR")
    assert 0 < int(refused["Retry-After"]) <= 900
    assert log_in(bob.email).status_code == 200


def test_a_right_password_clears_the_wrong_ones(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for _ in range(3):
        assert [log_in(alice.email, "wrong").status_code for _ in range(9)] == [401] * 9
        assert log_in(alice.email).status_code == 200


@pytest.mark.parametrize("path", ["token/refresh", "refresh"])
def test_a_refresh_answers_the_next_pair(alice: User, path: str) -> None:
    first = tokens_of(alice)
    response = call(path, {"refresh_token": first["refresh_token"]})
    assert response.status_code == 200
    assert response.json().keys() == first.keys()
    assert response.json()["refresh_token"] != first["refresh_token"]
    assert call("me", token=response.json()["access_token"], method="GET").status_code == 200


@pytest.mark.parametrize("token", ["nonsense", "jnu_rt_" + "x" * 43])
def test_a_bad_refresh_token_is_401(db: None, token: str) -> None:
    response = call("token/refresh", {"refresh_token": token})
    assert problem_of(response) == (401, "TOKEN_ERROR", "invalid_token")
    assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_logout_ends_session_and_tokens(alice: User) -> None:
    tokens = tokens_of(alice)
    response = call("logout", token=tokens["access_token"])
    assert (response.status_code, response.content) == (204, b"")
    assert call("me", token=tokens["access_token"], method="GET").status_code == 401
    assert call("token/refresh", {"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert call("logout", token=tokens["access_token"]).status_code == 401


def test_a_logout_ends_this_session_only(alice: User) -> None:
    here, there = tokens_of(alice), tokens_of(alice)
    call("logout", token=here["access_token"])
    assert call("me", token=there["access_token"], method="GET").status_code == 200
