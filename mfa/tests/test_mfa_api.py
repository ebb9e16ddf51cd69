"""`/api/v1/auth/mfa` by access token."""

from typing import Any
from uuid import uuid4

import pyotp
import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Session, User
from mfa.factories import SEED, enrol_totp
from mfa.models import Factor


class Program:
    """A program that logged in over REST before two-step sign-in was on."""

    def __init__(self, user: User) -> None:
        body = {"email": user.email, "password": PASSWORD}
        answer = Client().post("/api/v1/auth/login", body, content_type="application/json").json()
        self.tokens = answer["tokens"]

    def __call__(self, method: str, path: str = "", body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        path = f"/api/v1/auth/mfa{path}"
        return getattr(Client(), method.lower())(
            path, body, content_type="application/json", headers=headers
        ) if body is not None else Client().generic(method, path, headers=headers)  # fmt: skip

    def set_up(self, **more: str) -> dict[str, Any]:
        answer = self("POST", "/setup", {"method": "totp", **more})
        assert answer.status_code == 201, answer.content
        made: dict[str, Any] = answer.json()
        return made

    def confirm(self, made: dict[str, Any]) -> Any:
        return self("POST", f"/setup/{made['id']}/confirm", {"code": pyotp.TOTP(made["secret"]).now()})


@pytest.fixture
def program(alice: User) -> Program:
    return Program(alice)


def reason_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("reason", "")


def test_from_off_to_on_and_back(program: Program) -> None:
    off = {"enabled": False, "enabled_at": None, "methods": [], "recovery_codes_left": 0}
    assert program("GET").json() == off
    made = program.set_up(name="Phone")
    assert set(made) == {"id", "method", "secret", "otpauth_uri", "qr_svg"}
    assert pyotp.parse_uri(made["otpauth_uri"]).secret == made["secret"]
    assert made["qr_svg"].startswith("<svg ")
    assert program("GET").json() == off
    confirmed = program.confirm(made).json()
    assert (confirmed["id"], len(confirmed["recovery_codes"])) == (made["id"], 10)
    status = program("GET").json()
    assert (status["enabled"], status["recovery_codes_left"]) == (True, 10)
    [factor] = status["methods"]
    assert (factor["id"], factor["method"], factor["name"]) == (made["id"], "totp", "Phone")
    assert factor["last_used_at"]  # its first code
    second = program.set_up()
    assert program.confirm(second).json()["recovery_codes"] == []
    renamed = program("PATCH", f"/factors/{second['id']}", {"name": "Tablet"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Tablet")
    assert program("PATCH", f"/factors/{second['id']}", {}).json()["name"] == "Tablet"
    codes = program("POST", "/recovery-codes")
    assert (codes.status_code, len(codes.json()["recovery_codes"])) == (201, 10)
    assert not set(codes.json()["recovery_codes"]) & set(confirmed["recovery_codes"])
    assert program("DELETE", f"/factors/{second['id']}").status_code == 204
    assert program("POST", "/disable").status_code == 204
    assert program("GET").json() == off


def test_the_session_behind_the_token_is_lifted(program: Program) -> None:
    program.confirm(program.set_up())
    assert Session.objects.get().acr == "aal2"
    assert program("GET").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"method": "pigeon"},
        {"method": ["totp"]},
        {"method": None},
        {"method": "totp", "seed": SEED},
        [],
        "x",
    ],
)
def test_a_set_up_of_nothing_that_we_know_is_refused(program: Program, body: Any) -> None:
    assert program("POST", "/setup", body).status_code in (400, 422)
    assert not Factor.objects.exists()


def test_wrong_codes_old_set_ups_and_strangers_factors(program: Program, bob: User) -> None:
    made = program.set_up()
    wrong = program("POST", f"/setup/{made['id']}/confirm", {"code": "12345"})
    assert reason_of(wrong) == (422, "invalid_code")
    theirs = enrol_totp(bob)
    for factor_id in (uuid4(), theirs.id):
        assert program("POST", f"/setup/{factor_id}/confirm", {"code": "123456"}).status_code == 404
        assert program("PATCH", f"/factors/{factor_id}", {"name": "Mine"}).status_code == 404
        assert program("DELETE", f"/factors/{factor_id}").status_code == 404
    assert program.confirm(made).status_code == 200
    assert program.confirm(made).status_code == 404
    theirs.refresh_from_db()
    assert theirs.name == "Phone"


def test_without_two_step_sign_in_there_is_nothing_to_turn_off(program: Program) -> None:
    for path in ("/disable", "/recovery-codes"):
        assert reason_of(program("POST", path)) == (409, "mfa_not_enabled")
