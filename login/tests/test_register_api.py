"""POST /api/v1/auth/register and email/…: asking for an account, and proving the mailbox.

Cases: S093.
"""

from typing import Any
from uuid import uuid4

import pytest

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.mails import last_letter, letters_to, wrong
from login.tests.api import call, problem_of

DORA = "dora@example.com"
pytestmark = pytest.mark.django_db


def register(email: str = DORA, **more: Any) -> Any:
    return call("register", {"email": email, "password": PASSWORD, **more})


def test_registering_answers_the_user_to_be(db: None) -> None:
    response = register("Dora@Example.com", given_name="Dora", family_name="D")
    assert response.status_code == 201
    body = response.json()
    assert body["user"].items() >= {"email": DORA, "email_verified": False}.items()
    assert body["verification"].keys() == {"id", "expires_in"}
    assert body["verification"]["expires_in"] == 3600


def test_an_address_with_an_account_answers_alike(alice: User) -> None:
    new, existing = register().json(), register(alice.email).json()
    assert new.keys() == existing.keys()
    assert new["user"].keys() == existing["user"].keys()
    assert existing["user"]["id"] != str(alice.id)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nonsense", "password": PASSWORD}, "email"),
        ({"email": DORA, "password": "short"}, "password"),
        ({"email": DORA}, "password"),
        ({"email": DORA, "password": PASSWORD, "role": "superadmin"}, "role"),
        ({"email": DORA, "password": PASSWORD, "email_verified": True}, "email_verified"),
        ({"email": DORA, "password": PASSWORD, "given_name": "x" * 101}, "given_name"),
    ],
)
def test_a_faulty_body_is_422_on_its_field(body: Any, field: str) -> None:
    response = call("register", body)
    assert problem_of(response)[:2] == (422, "VALIDATION_ERROR")
    assert list(response.json()["details"]) == [field]
    assert not letters_to(DORA)


def test_register_verify_and_log_in() -> None:
    registered = register(given_name="Dora").json()
    verified = call("email/verify", {"email": DORA, "code": last_letter(DORA).code})
    assert verified.status_code == 200
    assert verified.json()["user"]["id"] == registered["user"]["id"]
    assert verified.json()["user"]["email_verified"] is True
    assert call("login", {"email": DORA, "password": PASSWORD}).status_code == 200


def test_before_the_proof_the_login_says_what_is_missing() -> None:
    register()
    response = call("login", {"email": DORA, "password": PASSWORD})
    assert problem_of(response) == (401, "AUTHENTICATION_ERROR", "email_not_verified")


def test_the_link_verifies_too() -> None:
    register()
    assert call("email/verify", {"token": last_letter(DORA).token}).status_code == 200


def test_wrong_codes_and_links_are_422() -> None:
    register()
    by_code = call("email/verify", {"email": DORA, "code": wrong(last_letter(DORA).code)})
    assert problem_of(by_code) == (422, "VALIDATION_ERROR", "invalid_code")
    by_link = call("email/verify", {"token": "jnu_ml_" + "x" * 43})
    assert problem_of(by_link) == (422, "VALIDATION_ERROR", "invalid_token")


def test_two_sign_ups_are_told_apart_by_their_id() -> None:
    register()
    mine = register().json()["verification"]["id"]
    code = last_letter(DORA).code
    assert problem_of(call("email/verify", {"email": DORA, "code": code}))[0] == 409
    body = {"email": DORA, "code": code, "verification_id": mine}
    assert call("email/verify", body).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"email": DORA}, {"code": "123456"}, {"email": DORA, "code": "1", "token": "x"}]
)
def test_either_code_or_token(body: dict[str, str]) -> None:
    assert problem_of(call("email/verify", body))[0] == 422


@pytest.mark.parametrize("email", [DORA, "nobody@example.com", "alice@example.com"])
def test_sending_again_answers_alike(alice: User, email: str) -> None:
    register()
    response = call("email/resend", {"email": email})
    assert response.status_code == 202
    assert response.json() == {"detail": "If the address is right, a mail is on its way."}


def test_sending_again_for_a_sign_up_that_never_was() -> None:
    response = call("email/resend", {"email": DORA, "verification_id": str(uuid4())})
    assert response.status_code == 202
    assert not letters_to(DORA)


def test_s093_registering_and_then_logging_in_tells_nothing_of_an_account(alice: User) -> None:
    answers = []
    for email in (alice.email, "nobody@example.com"):
        pair = {"email": email, "password": "strange-lamp-orbit-77"}
        registered, refused = call("register", pair), call("login", pair)
        answers.append((registered.status_code, *problem_of(refused)))
    assert answers[0] == answers[1] == (201, 401, "AUTHENTICATION_ERROR", "email_not_verified")


def test_a_resent_code_for_a_taken_address_is_a_notice_to_its_owner(alice: User) -> None:
    registered = register(alice.email).json()
    call("email/resend", {"email": alice.email, "verification_id": registered["verification"]["id"]})
    assert [letter.kind for letter in letters_to(alice.email)] == ["already_registered"] * 2
