"""The mailed code and link under attack: enumeration, guessing, lock-out, somebody else's link (S091-S102, S149).

Cases: S091 S096 S097 S098 S101 S102 S149.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client as Browser

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, SignInCode
from accounts.services import sign_up, sudo
from core import clock
from core.errors import ReauthenticationRequired
from core.models import Mail
from tests.adversarial.conftest import Wire
from tests.adversarial.tools import code_in, newest_mail, post_json, session_for, sign_in, token_in
from tests.support.smtp import code_in as code_of_message

ASK, VERIFY = "/api/v1/auth/magic-link/request", "/api/v1/auth/magic-link/verify"
PER_REQUEST = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"(request_id|id)":"[\w$=-]+"')
FLOW = settings.FLOW_COOKIE_NAME


@pytest.fixture
def strangers(alice: Any) -> list[str]:
    """The addresses of every kind of account that there is, and of none."""
    UserFactory(email="unproven@example.com", email_verified=False)
    UserFactory(email="disabled@example.com", status="suspended")
    UserFactory(email="no-password@example.com", password=make_password(None))
    UserFactory(email="operator@janua.dev", role="superadmin")
    sign_up.request_sign_up(
        sign_up.Applicant(email="waiting@example.com", password=PASSWORD), now=clock.now()
    )
    return [
        "nobody@example.com", alice.email, "unproven@example.com", "disabled@example.com",
        "no-password@example.com", "operator@janua.dev", "waiting@example.com",
    ]  # fmt: skip


def seen(answer: Any, email: str) -> str:
    """Everything of an answer that must not depend on who was asked for."""
    body = PER_REQUEST.sub("", answer.content.decode()).replace(email, "")
    names = sorted(set(answer.headers) - {"X-Request-ID", "Content-Length"})
    cookies = {name: {**morsel, "expires": ""} for name, morsel in answer.cookies.items()}
    return str((answer.status_code, body, names, cookies))


def ask(browser: Browser, email: str, **headers: Any) -> Any:
    return browser.post("/login/email", {"email": email}, **headers)


def test_s091_pages_answer_every_account_alike(strangers: list[str]) -> None:
    answers = set()
    for email in strangers:
        browser = Browser()
        pages = [ask(browser, email), browser.get("/login/code"), browser.post("/login/code", {"code": "1"})]
        pages.append(browser.post("/login/code", {"code": "00000000"}))
        pages.append(browser.post("/login/link?token=jnu_ml_x", {"next": ""}))
        pages.append(browser.post("/login/code", {"resend": "1"}))
        answers.add("".join(seen(page, email) for page in pages))
    assert len(answers) == 1


def test_s091_api_answers_every_account_alike(strangers: list[str]) -> None:
    answers = set()
    for email in strangers:
        asked = post_json(Browser(), ASK, {"email": email})
        guess = post_json(Browser(), VERIFY, {"id": asked.json()["id"], "code": "00000000"})
        link = post_json(Browser(), VERIFY, {"id": asked.json()["id"], "token": "jnu_ml_x"})
        answers.add("".join(seen(answer, email) for answer in (asked, guess, link)))
    assert len(answers) == 1


def test_s091_limits_answer_every_account_alike(limits_on: None, strangers: list[str]) -> None:
    answers = set()
    for number, email in enumerate(strangers):
        network = {"REMOTE_ADDR": f"192.0.2.{number}"}
        asked = [post_json(Browser(), ASK, {"email": email}, **network) for _ in range(6)]
        body = {"id": asked[0].json()["id"], "code": "00000000"}
        guesses = [post_json(Browser(), VERIFY, body, **network) for _ in range(11)]
        answers.add(str([answer.status_code for answer in (*asked, *guesses)]))
    # One of them signed up a moment ago: that mail counted for the address too.
    assert answers == {
        str([202] * 5 + [429] + [401] * 10 + [429]),
        str([202] * 4 + [429] * 2 + [401] * 10 + [429]),
    }


def test_s096_guesses_count_for_the_address_over_all_codes(
    limits_on: None, alice: Any, travel: Callable[..., None]
) -> None:
    statuses = []
    for _ in range(3):
        browser = Browser()
        ask(browser, alice.email)
        statuses += [browser.post("/login/code", {"code": "00000000"}).status_code for _ in range(4)]
    assert statuses == [401] * 10 + [429] * 2
    answer = browser.post("/login/code", {"code": code_in(newest_mail(alice.email))})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    travel(timedelta(hours=1, seconds=1))
    ask(browser, alice.email)
    code = code_in(Mail.objects.filter(recipient=alice.email).latest("id"))
    assert browser.post("/login/code", {"code": code}).status_code == 303


def test_s097_spellings_of_one_account_share_one_counter(limits_on: None, alice: Any) -> None:
    spellings = ["alice@example.com", "ALICE@example.com", "alice@example。com", "aLiCe@eXample.Com"]
    statuses = [post_json(Browser(), ASK, {"email": email}).status_code for email in spellings * 2]
    assert statuses == [202] * 5 + [429] * 3
    for email in (
        "alice@example.com.",
        "ａlice@example.com",
        "alice@example.com\u200b",
        '"alice"@example.com',
    ):
        assert post_json(Browser(), ASK, {"email": email}).status_code == 422


def test_s098_a_forged_forwarded_for_makes_no_new_visitor(limits_on: None, db: None) -> None:
    statuses = [
        ask(Browser(), f"guess{number}@example.com", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").status_code
        for number in range(33)
    ]
    assert statuses == [303] * 30 + [429] * 3


def test_s098_guesses_count_for_the_network_as_passwords_do(limits_on: None, db: None) -> None:
    statuses = []
    for number in range(13):
        asked = post_json(Browser(), ASK, {"email": f"guess{number}@example.com"})
        body = {"id": asked.json()["id"], "code": "00000000"}
        statuses += [post_json(Browser(), VERIFY, body).status_code for _ in range(8)]
    assert statuses == [401] * 100 + [429] * 4


def test_s101_a_stranger_cannot_lock_the_owner_out_of_a_known_device(limits_on: None, alice: Any) -> None:
    home = Browser(REMOTE_ADDR="198.51.100.4")
    sign_in(home, alice)
    home.post("/logout")
    attacker = Browser(REMOTE_ADDR="203.0.113.9")
    assert [ask(attacker, alice.email).status_code for _ in range(7)] == [303] * 5 + [429] * 2
    assert {attacker.post("/login/code", {"code": "00000000"}).status_code for _ in range(12)} == {401, 429}
    assert ask(home, alice.email).status_code == 303
    assert home.post("/login/code", {"code": code_in(newest_mail(alice.email))}).status_code == 303


def test_s101_on_an_unknown_device_the_link_still_opens(limits_on: None, alice: Any) -> None:
    """It cannot be guessed, so guesses of codes do not shut it."""
    attacker, owner = Browser(REMOTE_ADDR="203.0.113.9"), Browser(REMOTE_ADDR="198.51.100.4")
    ask(attacker, alice.email)
    for _ in range(11):
        attacker.post("/login/code", {"code": "00000000"})
    ask(owner, alice.email)
    mail = newest_mail(alice.email)
    assert owner.post("/login/code", {"code": code_in(mail)}).status_code == 429
    assert owner.post(f"/login/link?token={token_in(mail)}", {"next": ""}).status_code == 303


def test_s101_a_device_known_for_bob_gives_no_extra_guesses_at_alice(
    limits_on: None, alice: Any, bob: Any
) -> None:
    device = Browser()
    sign_in(device, bob)
    device.post("/logout")
    assert [ask(device, alice.email).status_code for _ in range(7)] == [303] * 5 + [429] * 2
    statuses = [device.post("/login/code", {"code": "00000000"}).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2


def test_s102_parallel_guesses_are_all_counted(wire: Wire) -> None:
    email = "parallel.code@example.com"
    wire.janua.create_user(email, PASSWORD)
    base = f"{wire.janua.base_url}/api/v1/auth/magic-link"
    asker = requests.post(f"{base}/request", json={"email": email}, timeout=60).json()["id"]
    code = code_of_message(wire.mail.wait_for_mail(to=email, subject="code"))
    other = f"{(int(code) + 1) % 10**8:08}"

    def guess(_turn: int) -> int:
        return requests.post(f"{base}/verify", json={"id": asker, "code": other}, timeout=60).status_code

    with ThreadPoolExecutor(40) as pool:
        statuses = list(pool.map(guess, range(100)))
    assert (statuses.count(401), statuses.count(429)) == (10, 90)
    heard = "SELECT guesses FROM accounts_signincode WHERE email = %s"
    assert wire.value(heard, email) == SignInCode.MAX_GUESSES


def test_s149_a_mailed_link_or_code_opens_no_sudo_mode(alice: Any) -> None:
    for secret in ("code", "link"):
        browser = Browser()
        ask(browser, alice.email)
        mail = newest_mail(alice.email)
        if secret == "code":
            browser.post("/login/code", {"code": code_in(mail)})
        else:
            browser.post(f"/login/link?token={token_in(mail)}", {"next": ""})
        session = Session.objects.latest("created_at")
        assert session.auth_time, "a fresh proof, and yet"
        with pytest.raises(ReauthenticationRequired):
            sudo.require(session, now=clock.now())


def test_s149_a_mailed_code_ends_an_open_sudo_mode_rather_than_inherit_it(alice: Any) -> None:
    browser = Browser()
    before = session_for(browser, alice)
    assert before.sudo_until
    ask(browser, alice.email)
    browser.post("/login/code", {"code": code_in(newest_mail(alice.email))})
    session = Session.objects.get(user=alice, ended_at=None)
    assert (session.id != before.id, session.sudo_until) == (True, None)


def test_a_link_that_a_stranger_asked_for_signs_nobody_in(alice: Any) -> None:
    """The attacker asks for alice's mail and waits; alice opens the link, in her own browser, with her own request."""
    attacker, hers = Browser(), Browser()
    ask(attacker, alice.email)
    path = f"/login/link?token={token_in(newest_mail(alice.email))}"
    ask(hers, "bob@example.com")
    for browser in (Browser(), hers):
        browser.get(path)
        browser.post(path, {"next": ""})
    assert not Session.objects.exists()
    assert attacker.get("/account").status_code == 302
    assert attacker.post("/login/code", {"code": ""}).status_code == 422


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_fetches_the_link_uses_nothing_up(alice: Any, method: str) -> None:
    browser = Browser()
    ask(browser, alice.email)
    path = f"/login/link?token={token_in(newest_mail(alice.email))}"
    for scanner in (Browser(), browser):
        getattr(scanner, method)(path)
    Browser().post(path, {"next": ""})
    assert SignInCode.objects.get().used_at is None
    assert browser.post(path, {"next": ""}).status_code == 303


def test_s239_a_planted_request_tells_the_victim_whose_it_is(alice: Any, bob: Any) -> None:
    """The attacker's own request in the victim's browser: the page names the account, the former session waits."""
    attacker, victim = Browser(), Browser()
    ask(attacker, bob.email)
    session_for(victim, alice)
    victim.cookies[FLOW] = attacker.cookies[FLOW].value
    page = victim.get(f"/login/link?token={token_in(newest_mail(bob.email))}")
    assert bob.email in page.content.decode()
    assert alice.email in victim.get("/account").content.decode(), "opening it changed nothing"


def test_s239_a_copied_request_is_worthless_without_the_mail(alice: Any) -> None:
    victim, thief = Browser(), Browser()
    ask(victim, alice.email)
    thief.cookies[FLOW] = victim.cookies[FLOW].value
    assert thief.post("/login/code", {"code": "00000000"}).status_code == 401
    assert victim.post("/login/code", {"code": code_in(newest_mail(alice.email))}).status_code == 303
    assert thief.post("/login/code", {"code": code_in(newest_mail(alice.email))}).status_code == 401


@pytest.mark.parametrize("path", ["/login/email", "/login/code", "/login/link?token=x", "/login/choose"])
def test_s231_another_sites_form_does_nothing(alice: Any, path: str) -> None:
    browser = Browser(enforce_csrf_checks=True)
    session_for(browser, alice)
    form = {"email": alice.email, "code": "1", "all": "1"}
    assert browser.post(path, form, HTTP_ORIGIN="https://evil.test").status_code == 403
    assert Session.objects.filter(ended_at=None).count() == 1
    assert not Mail.objects.exists()
