"""Second factors enrolled and removed by those who may not (S142, S143, S145)."""

from base64 import b32decode
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import Device, Session, User
from core import clock
from core.models import Mail
from mfa.factories import SEED, enrol_totp
from mfa.models import Factor
from mfa.services import totp
from tests.adversarial.tools import api_login, bearer, post_json, session_for, sign_in

HOME = "/account/security"
FAR = clock.now().replace(year=2099)


def rest(method: str, path: str, token: str, body: str = "{}") -> Any:
    return Browser().generic(method, f"/api/v1/auth/mfa{path}", body, "application/json", **bearer(token))


def changes(factor: Factor) -> list[tuple[str, str, str]]:
    """Everything over REST that adds or takes a factor."""
    return [
        ("POST", "/setup", '{"method": "totp"}'),
        ("POST", f"/setup/{factor.id}/confirm", '{"code": "123456"}'),
        ("PATCH", f"/factors/{factor.id}", '{"name": "x"}'),
        ("DELETE", f"/factors/{factor.id}", ""),
        ("POST", "/recovery-codes", ""),
        ("POST", "/disable", ""),
    ]


def test_s142_s143_no_change_without_a_fresh_proof(alice: User) -> None:
    token = api_login(Browser(), alice)["access_token"]
    factor = enrol_totp(alice)
    Session.objects.update(sudo_until=None)
    for method, path, body in changes(factor):
        answer = rest(method, path, token, body)
        assert (answer.status_code, answer.json()["reason"]) == (401, "reauthentication_required"), path
    assert list(Factor.objects.values_list("id", "name", "confirmed")) == [(factor.id, "Phone", True)]


def test_s142_a_login_that_waits_for_its_factor_enrols_none(alice: User) -> None:
    enrol_totp(alice)
    browser = Browser()
    assert sign_in(browser, alice)["Location"] == "/login/challenge"
    for path in ("", "/app", f"/app/{uuid4()}", "/recovery-codes"):
        for answer in (browser.get(f"{HOME}{path}"), browser.post(f"{HOME}{path}", {"begin": "1"})):
            assert answer.status_code in (302, 303, 405)
            assert answer.status_code == 405 or answer["Location"].startswith("/login")
    body = {"email": alice.email, "password": PASSWORD}
    waiting = post_json(Browser(), "/api/v1/auth/login", body).json()["mfa_token"]
    assert rest("POST", "/setup", waiting, '{"method": "totp"}').status_code == 401
    assert Factor.objects.count() == 1


def test_s142_a_password_on_a_trusted_browser_enrols_none(alice: User) -> None:
    enrol_totp(alice)
    browser = Browser()
    sign_in(browser, alice)
    browser.post("/login/challenge", {"code": pyotp.TOTP(SEED).now()})
    Device.objects.update(trusted_until=FAR)
    browser.cookies.pop("janua_session")
    assert sign_in(browser, alice)["Location"] == "/account"
    assert browser.post(f"{HOME}/app", {"begin": "1"})["Location"].startswith("/account/confirm")
    assert Factor.objects.count() == 1


def test_s143_another_site_removes_nothing(alice: User) -> None:
    factor = enrol_totp(alice)
    browser = Browser(enforce_csrf_checks=True)
    session_for(browser, alice)
    for path, form in (
        (f"/factors/{factor.id}", {"remove": "1"}),
        ("/recovery-codes", {"make": "1"}),
        ("/app", {"begin": "1"}),
    ):
        assert browser.post(f"{HOME}{path}", form).status_code == 403
    for method, path, body in changes(factor):  # a cookie opens nothing over REST
        answer = browser.generic(method, f"/api/v1/auth/mfa{path}", body, "application/json")
        assert answer.status_code == 401, path
    assert Factor.objects.count() == 1


@pytest.mark.parametrize(
    "body", ['{"confirmed": false}', '{"seed": "AAAA"}', '{"method": "sms"}', '{"user": null}']
)
def test_s143_no_patch_changes_more_than_the_name(alice: User, body: str) -> None:
    token = api_login(Browser(), alice)["access_token"]
    factor = enrol_totp(alice)
    assert rest("PATCH", f"/factors/{factor.id}", token, body).status_code == 422
    for field in ("mfa_enabled_at", "has_mfa", "factors"):
        answer = Browser().patch("/api/v1/users/me", {field: None}, "application/json", **bearer(token))
        assert answer.status_code == 422
    alice.refresh_from_db()
    assert alice.has_mfa


def test_s143_the_owner_is_told(alice: User) -> None:
    token = api_login(Browser(), alice)["access_token"]
    factor = enrol_totp(alice)
    Session.objects.update(amr=["pwd", "otp", "mfa"])  # proven since: a password alone opens no sudo mode now
    assert rest("DELETE", f"/factors/{factor.id}", token, "").status_code == 204
    alice.refresh_from_db()
    enrol_totp(alice)
    assert rest("POST", "/disable", token, "").status_code == 204
    kinds = Mail.objects.filter(recipient=alice.email).values_list("kind", flat=True)
    assert {"factor_removed", "two_step_disabled"} <= set(kinds)


def test_s145_seeds_have_160_bits_of_the_systems_randomness(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = totp.secrets.token_bytes
    monkeypatch.setattr(totp.secrets, "token_bytes", lambda length: asked.append(length) or real(length))
    token = api_login(Browser(), alice)["access_token"]
    made = [rest("POST", "/setup", token, '{"method": "totp"}').json() for _ in range(20)]
    seeds = {each["secret"] for each in made}
    assert len(seeds) == 20
    assert {len(b32decode(seed)) for seed in seeds} == {20}
    assert asked.count(20) == 20
    assert "algorithm=SHA1" in made[0]["otpauth_uri"]
    assert Factor.objects.get().seed == made[-1]["secret"]
