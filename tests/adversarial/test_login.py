"""The password door under attack: enumeration, guessing, lock-out of the owner, bad input (S091-S105).

Cases: S096 S097 S098 S101 S102 S104.
"""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import Client as Browser

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.services import bootstrap, sign_up, users
from core import clock
from core.errors import ValidationFailed
from mfa.factories import enrol_totp, keep_passkey
from tests.adversarial.conftest import Wire
from tests.adversarial.tools import NEW_PASSWORD, WRONG, api_login, bearer, post_json, session_for, sign_in

PER_REQUEST = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"request_id":"\w+"')


@pytest.fixture
def strangers(alice: Any) -> dict[str, str]:
    """The addresses of every kind of account that there is, and of none."""
    now = clock.now()
    UserFactory(email="unproven@example.com", email_verified=False)
    UserFactory(email="disabled@example.com", status="suspended")
    UserFactory(email="no-password@example.com", password=make_password(None))
    UserFactory(email="no-hash@example.com", password="")
    UserFactory(email="operator@janua.dev", role="superadmin")
    enrol_totp(UserFactory(email="two-step@example.com"))
    keep_passkey(UserFactory(email="passkey@example.com", password=make_password(None)))
    sign_up.request_sign_up(sign_up.Applicant(email="waiting@example.com", password=PASSWORD), now=now)
    return {
        "nobody": "nobody@example.com", "wrong password": alice.email, "unproven": "unproven@example.com",
        "disabled": "disabled@example.com", "no password": "no-password@example.com",
        "no hash": "no-hash@example.com", "operator": "operator@janua.dev", "waiting": "waiting@example.com",
        "two-step": "two-step@example.com", "passkey only": "passkey@example.com",
        "not an address": "not an address",
    }  # fmt: skip


def _seen(answer: Any, email: str) -> tuple[Any, ...]:
    """Everything of an answer that must not depend on who was asked for."""
    body = PER_REQUEST.sub("", answer.content.decode()).replace(email, "")
    names = sorted(set(answer.headers) - {"X-Request-ID", "Content-Length"})
    cookies = {name: {**morsel, "expires": ""} for name, morsel in answer.cookies.items()}
    return answer.status_code, body, names, cookies


def test_s091_page_answers_every_account_alike(strangers: dict[str, str]) -> None:
    answers = {
        _kind: str(_seen(Browser().post("/login", {"email": email, "password": WRONG}), email))
        for _kind, email in strangers.items()
    }
    assert len(set(answers.values())) == 1, answers


def test_s091_api_answers_every_account_alike(strangers: dict[str, str]) -> None:
    answers = {
        str(_seen(post_json(Browser(), "/api/v1/auth/login", {"email": email, "password": WRONG}), email))
        for email in strangers.values()
    }
    assert len(answers) == 1, answers


def test_s091_a_locked_account_looks_like_a_locked_nobody(limits_on: None, strangers: dict[str, str]) -> None:
    answers = set()
    for email in ("nobody@example.com", "alice@example.com", "disabled@example.com", "waiting@example.com"):
        for _ in range(11):
            answer = Browser().post("/login", {"email": email, "password": WRONG}, REMOTE_ADDR="192.0.2.7")
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 900
        answers.add(str(_seen(answer, email)))
    assert len(answers) == 1, answers


def test_s096_guessing_is_cut_off_and_the_window_ends(
    limits_on: None, alice: Any, travel: Callable[..., None]
) -> None:
    statuses = [sign_in(Browser(), alice, WRONG).status_code for _ in range(15)]
    assert statuses == [401] * 10 + [429] * 5
    assert sign_in(Browser(), alice).status_code == 429
    travel(timedelta(minutes=15, seconds=1))
    assert sign_in(Browser(), alice).status_code == 303


def test_s097_spellings_of_one_account_share_one_counter(limits_on: None, alice: Any) -> None:
    spellings = ["alice@example.com", "ALICE@example.com", "alice@example。com", "aLiCe@eXample.Com"]
    for turn in range(10):
        email = spellings[turn % len(spellings)]
        assert Browser().post("/login", {"email": email, "password": WRONG}).status_code == 401
    for email in spellings:
        assert Browser().post("/login", {"email": email, "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    "email",
    ["alice+x@example.com", "alice@example.com.", "ａlice@example.com", '"alice"@example.com',
     " alice@example.com .", "alice@example.com\u200b", "alice@exam\u00adple.com", "al\u0131ce@example.com",
     "\u212alice@example.com"],
)  # fmt: skip
def test_s097_look_alike_spellings_never_reach_the_account(alice: Any, email: str) -> None:
    assert Browser().post("/login", {"email": email, "password": PASSWORD}).status_code == 401


def test_s098_a_forged_forwarded_for_makes_no_new_visitor(limits_on: None, db: None) -> None:
    statuses = [
        Browser()
        .post(
            "/login",
            {"email": f"guess{number}@example.com", "password": WRONG},
            HTTP_X_FORWARDED_FOR=f"203.0.113.{number % 250}",
            HTTP_FORWARDED=f"for=203.0.113.{number % 250}",
            HTTP_X_REAL_IP=f"203.0.113.{number % 250}",
        )
        .status_code
        for number in range(130)
    ]
    assert statuses == [401] * 100 + [429] * 30


def test_s101_an_attacker_cannot_lock_the_owner_out_of_a_known_device(limits_on: None, alice: Any) -> None:
    home = Browser(REMOTE_ADDR="198.51.100.4")
    assert sign_in(home, alice).status_code == 303
    home.cookies.pop(settings.SESSION_COOKIE_NAME)
    attacker = Browser(REMOTE_ADDR="203.0.113.9")
    statuses = {sign_in(attacker, alice, WRONG).status_code for _ in range(60)}
    assert statuses == {401, 429}
    assert sign_in(home, alice).status_code == 303


def test_s101_a_device_known_for_bob_gives_no_extra_guesses_at_alice(
    limits_on: None, alice: Any, bob: Any
) -> None:
    device = Browser()
    assert sign_in(device, bob).status_code == 303
    statuses = [sign_in(device, alice, WRONG).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2


def test_s101_a_forged_or_borrowed_device_cookie_is_nothing(limits_on: None, alice: Any) -> None:
    for turn in range(12):
        browser = Browser()
        browser.cookies[settings.DEVICE_COOKIE_NAME] = f"eyJpZCI6InhAIn0:{turn}:forged"
        answer = sign_in(browser, alice, WRONG)
    assert answer.status_code == 429


def test_s102_parallel_guesses_are_all_counted(wire: Wire) -> None:
    wire.janua.create_user("parallel@example.com", PASSWORD)
    url = f"{wire.janua.base_url}/api/v1/auth/login"

    def guess(_turn: int) -> int:
        body = {"email": "parallel@example.com", "password": WRONG}
        return requests.post(url, json=body, timeout=60).status_code

    with ThreadPoolExecutor(40) as pool:
        statuses = list(pool.map(guess, range(200)))
    assert sorted(set(statuses)) == [401, 429]
    assert statuses.count(401) == 10
    refused = "SELECT count(*) FROM audit_event WHERE action = 'login.refused' AND data->>'reason' = %s"
    assert wire.value(refused, "rate_limited") >= 190


@pytest.mark.parametrize("password", ["x" * 1025, "x" * 4096, "x" * 8192, "🦊" * 1100, "é" * 2000])
def test_s104_an_overlong_password_costs_one_bounded_hash(
    alice: Any, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    hashed: list[int] = []
    check = passwords.check_password

    def counting(given: str, encoded: str) -> bool:
        hashed.append(len(given))
        return bool(check(given, encoded))

    monkeypatch.setattr(passwords, "check_password", counting)
    assert sign_in(Browser(), alice, password).status_code == 401
    assert len(hashed) == 1
    assert hashed[0] <= 1024


def test_s104_a_compatibility_ligature_cannot_blow_the_hash_up(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U+FDFA becomes 18 characters under NFKC."""
    hashed: list[int] = []
    monkeypatch.setattr(passwords, "check_password", lambda given, _encoded: bool(hashed.append(len(given))))
    assert sign_in(Browser(), alice, "\ufdfa" * 1024).status_code == 401
    assert max(hashed) <= 18 * 1024


def test_s104_a_megabyte_is_refused_before_anything_is_hashed(
    alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "check_password", lambda *_: pytest.fail("hashed"))
    body = f"email=alice%40example.com&password={'x' * 1_100_000}"
    form = "application/x-www-form-urlencoded"
    assert Browser().post("/login", body, content_type=form).status_code == 413
    answer = post_json(Browser(), "/api/v1/auth/login", {"email": alice.email, "password": "x" * 1_000_000})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "application/json", "multipart/form-data"]
)
def test_s104_nul_in_a_password(alice: Any, content_type: str) -> None:
    data = {"email": alice.email, "password": PASSWORD + "\0"}
    if content_type == "application/json":
        assert post_json(Browser(), "/api/v1/auth/login", data).status_code == 400
    elif content_type == "multipart/form-data":
        assert Browser().post("/login", data).status_code == 422
    else:
        body = f"email=alice%40example.com&password={PASSWORD}%00"
        assert Browser().post("/login", body, content_type=content_type).status_code == 400


def test_s104_passwords_equal_in_72_bytes_are_two_and_spaces_count(db: None) -> None:
    long = "plum tractor velvet 94 " * 4
    user = UserFactory(email="long@example.com", raw_password=f"{long}one")
    assert sign_in(Browser(), user, f"{long}two").status_code == 401
    assert sign_in(Browser(), user, f"{long}one").status_code == 303
    spaced = UserFactory(email="spaced@example.com", raw_password=f" {PASSWORD} 🦊")
    assert sign_in(Browser(), spaced, f"{PASSWORD} 🦊").status_code == 401
    assert sign_in(Browser(), spaced, f" {PASSWORD} 🦊").status_code == 303


WEAK = [
    "passwordpassword", "1234567890123456", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaaaaaa", "janua-janua-2026",
    "alice.example.com1", "Alice-Alice-Alice-1", "short-94-plum", "letmeinletmein123", "x" * 1025,
]  # fmt: skip


@pytest.mark.parametrize("weak", WEAK)
def test_s105_weak_passwords_are_refused_at_every_door(alice: Any, weak: str) -> None:
    registration = {"email": "alice@example.net", "password": weak, "given_name": "Alice"}
    assert post_json(Browser(), "/api/v1/auth/register", registration).status_code == 422
    assert Browser().post("/signup", registration).status_code == 422
    browser = Browser()
    session_for(browser, alice)
    change = {"current_password": PASSWORD, "new_password": weak}
    assert browser.post("/account/password", change).status_code == 422
    reset = {"email": alice.email, "code": "12345678", "new_password": weak}
    assert post_json(Browser(), "/api/v1/auth/password/reset", reset).status_code == 422
    with pytest.raises(ValidationFailed):
        users.create_user(email="alice@example.org", password=weak, now=clock.now())
    alice.refresh_from_db()
    assert sign_in(Browser(), alice).status_code == 303


def test_s105_breached_passwords_are_refused_at_every_door(
    alice: Any, tmp_path: Path, janua_options: Any
) -> None:
    breached = "harbour-cobalt-thistle-58"
    (tmp_path / "list").write_text(f"{breached}\n")
    call_command(
        "build_breach_filter", str(tmp_path / "list"), str(tmp_path / "filter"), stdout=io.StringIO()
    )
    janua_options(breached_passwords_file=tmp_path / "filter")
    test_s105_weak_passwords_are_refused_at_every_door(alice, breached)
    paula = UserFactory(email="paula@example.com", password=make_password(None))
    browser, token = Browser(), api_login(Browser(), alice)["access_token"]
    session_for(browser, paula)
    assert browser.post("/account/password", {"new_password": breached}).status_code == 422
    change = {"current_password": PASSWORD, "new_password": breached}
    answer = post_json(Browser(), "/api/v1/auth/password/change", change, **bearer(token))
    assert (answer.status_code, answer.json()["reason"]) == (422, "weak_password")
    with pytest.raises(ValidationFailed):
        bootstrap.ensure_first_operator(email="admin@madfam.io", password=breached, now=clock.now())


def test_s105_operators_have_no_second_weaker_door(olivia: Any) -> None:
    """Django's admin brings a password page of its own, without our rules, sessions and audit."""
    browser = Browser()
    session_for(browser, olivia)
    form = {"old_password": PASSWORD, "new_password1": "a", "new_password2": "a"}
    answer = browser.post("/admin/password_change/", form)
    assert answer.status_code in (302, 403, 404)
    olivia.refresh_from_db()
    assert passwords.is_correct(PASSWORD, olivia.password)


def test_right_password_of_a_suspended_person_opens_nothing(alice: Any, olivia: Any) -> None:
    users.suspend(actor=olivia, user=alice, now=clock.now())
    browser = Browser()
    assert sign_in(browser, alice).status_code == 401
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    answer = post_json(Browser(), "/api/v1/auth/login", {"email": alice.email, "password": PASSWORD})
    assert answer.status_code == 401
    assert "tokens" not in answer.json()


@pytest.mark.parametrize(
    "body",
    [{"email": ["alice@example.com"], "password": PASSWORD}, {"email": {"$ne": ""}, "password": PASSWORD},
     {"email": True, "password": True}, {"email": None, "password": None}, {"email": "alice@example.com"},
     {"email": "alice@example.com", "password": [PASSWORD]}, {}, {"email": 1e400, "password": 0}],
)  # fmt: skip
def test_login_takes_strings_only(alice: Any, body: dict[str, Any]) -> None:
    import json

    answer = post_json(Browser(), "/api/v1/auth/login", json.dumps(body))
    assert answer.status_code in (400, 422)


def test_doubled_parameters_do_not_split_throttle_and_check(limits_on: None, alice: Any) -> None:
    """What is counted and what is checked must be the same one of two e-mail addresses."""
    form = "application/x-www-form-urlencoded"
    body = f"email=decoy%40example.com&email=alice%40example.com&password={WRONG}"
    for _ in range(10):
        assert Browser().post("/login", body, content_type=form).status_code == 401
    assert sign_in(Browser(), alice).status_code == 429


def test_change_of_password_is_no_unlimited_oracle(limits_on: None, alice: Any) -> None:
    browser = Browser()
    session_for(browser, alice)
    form = {"current_password": WRONG, "new_password": NEW_PASSWORD}
    statuses = [browser.post("/account/password", form).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
