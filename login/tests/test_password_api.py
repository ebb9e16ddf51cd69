"""POST /api/v1/auth/password/…: forgotten, reset, changed."""

from typing import Any

import pytest

from accounts import passwords
from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.mails import last_letter, wrong
from login.tests.api import call, problem_of

NEW = "copper-lantern-meadow-31"


def has(user: User, password: str) -> bool:
    return passwords.is_correct(password, User.objects.get(id=user.id).password)


def tokens_of(user: User) -> dict[str, str]:
    response = call("login", {"email": user.email, "password": PASSWORD})
    tokens: dict[str, str] = response.json()["tokens"]
    return tokens


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_forgetting_answers_alike(alice: User, email: str) -> None:
    response = call("password/forgot", {"email": email})
    assert response.status_code == 202
    assert response.json() == {"detail": "If the address is right, a mail is on its way."}


def test_a_bad_address_is_422(db: None) -> None:
    assert problem_of(call("password/forgot", {"email": "nonsense"}))[0] == 422


@pytest.mark.parametrize("by", ["code", "token"])
def test_a_reset_sets_the_password_and_ends_the_tokens(alice: User, by: str) -> None:
    tokens = tokens_of(alice)
    call("password/forgot", {"email": alice.email})
    letter = last_letter(alice.email)
    proof = {"email": alice.email, "code": letter.code} if by == "code" else {"token": letter.token}
    response = call("password/reset", {**proof, "new_password": NEW})
    assert (response.status_code, response.content) == (204, b"")
    assert has(alice, NEW)
    assert call("me", token=tokens["access_token"], method="GET").status_code == 401


def test_a_wrong_code_is_422(alice: User) -> None:
    call("password/forgot", {"email": alice.email})
    code = wrong(last_letter(alice.email).code)
    response = call("password/reset", {"email": alice.email, "code": code, "new_password": NEW})
    assert problem_of(response) == (422, "VALIDATION_ERROR", "invalid_code")


def test_a_weak_new_password_is_422_on_its_field(alice: User) -> None:
    call("password/forgot", {"email": alice.email})
    response = call("password/reset", {"token": last_letter(alice.email).token, "new_password": "short"})
    assert problem_of(response) == (422, "VALIDATION_ERROR", "weak_password")
    assert list(response.json()["details"]) == ["new_password"]


def test_a_change_keeps_this_session_and_ends_the_others(alice: User) -> None:
    here, there = tokens_of(alice), tokens_of(alice)
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert call("password/change", body, token=here["access_token"]).status_code == 204
    assert has(alice, NEW)
    assert call("me", token=here["access_token"], method="GET").status_code == 200
    assert call("me", token=there["access_token"], method="GET").status_code == 401
    assert call("token/refresh", {"refresh_token": there["refresh_token"]}).status_code == 401


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"current_password": "wrong", "new_password": NEW},
            (401, "AUTHENTICATION_ERROR", "invalid_credentials"),
        ),
        ({"current_password": PASSWORD, "new_password": "short"}, (422, "VALIDATION_ERROR", "weak_password")),
        ({"current_password": PASSWORD}, (422, "VALIDATION_ERROR", "")),
    ],
)
def test_a_refused_change(alice: User, body: Any, expected: tuple[int, str, str]) -> None:
    response = call("password/change", body, token=tokens_of(alice)["access_token"])
    assert problem_of(response) == expected
    assert has(alice, PASSWORD)


def test_a_change_needs_a_token(alice: User) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert call("password/change", body).status_code == 401
    assert has(alice, PASSWORD)
