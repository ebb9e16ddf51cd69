"""Several accounts in one browser under attack: fixation, planted and stolen cookies, open redirects.

Cases: S234 S238 S239 S240.
"""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.models import Session, User
from core import clock
from tests.adversarial.test_sessions import EVIL, alive
from tests.adversarial.tools import NEW_PASSWORD, code_in, newest_mail, session_for, sign_in

SESSION, ACCOUNTS = settings.SESSION_COOKIE_NAME, settings.ACCOUNTS_COOKIE_NAME


def choose(browser: Browser, session: Session, **more: str) -> Any:
    return browser.post("/login/choose", {"session_id": str(session.id), **more})


def session_of(user: User) -> Session:
    return Session.objects.get(user=user, ended_at=None)


def waiting(browser: Browser) -> list[str]:
    return browser.cookies[ACCOUNTS].value.split(".")


@pytest.fixture
def both(alice: User, bob: User) -> Browser:
    """A browser of alice and, at hand, bob."""
    browser = Browser()
    sign_in(browser, alice)
    sign_in(browser, bob)
    return browser


def test_s238_each_change_of_account_renews_both_secrets(both: Browser, alice: User, bob: User) -> None:
    for user in (alice, bob, alice):
        old = [both.cookies[SESSION].value, *waiting(both)]
        assert choose(both, session_of(user)).status_code == 303
        new = [both.cookies[SESSION].value, *waiting(both)]
        assert len({*old, *new}) == 4
        assert not any(alive(secret) for secret in old)
        assert all(alive(secret) for secret in new)


def test_s238_choosing_the_account_at_hand_renews_it_too(both: Browser, bob: User) -> None:
    old = both.cookies[SESSION].value
    choose(both, session_of(bob))
    assert both.cookies[SESSION].value != old
    assert not alive(old)


def test_s238_the_form_token_changes_with_the_account(both: Browser, alice: User) -> None:
    both.get("/login/choose")
    before = both.cookies[settings.CSRF_COOKIE_NAME].value
    choose(both, session_of(alice))
    assert both.cookies[settings.CSRF_COOKIE_NAME].value != before


def test_s239_a_planted_list_brings_nobody_into_the_attackers_account(alice: User, bob: User) -> None:
    """Bob is the attacker: his session's secret lies in alice's browser, and no page takes it up by itself."""
    attacker, victim = Browser(), Browser()
    session_for(attacker, bob)
    victim.cookies[ACCOUNTS] = attacker.cookies[SESSION].value
    for path in ("/", "/login", "/account", "/login/choose", "/logout", "/login?next=/account"):
        assert SESSION not in victim.get(path).cookies
    sign_in(victim, alice)
    assert alice.email in victim.get("/account").content.decode()
    victim.post("/logout")
    assert victim.get("/account").status_code == 302, "signing out leads into no other account"


def test_s239_whoever_chooses_a_planted_account_takes_it_from_the_attacker(alice: User, bob: User) -> None:
    attacker, victim = Browser(), Browser()
    session_for(attacker, bob)
    victim.cookies[ACCOUNTS] = attacker.cookies[SESSION].value
    sign_in(victim, alice)
    choose(victim, session_of(bob))
    assert attacker.get("/account").status_code == 302
    choose(victim, session_of(alice))
    assert alice.email in victim.get("/account").content.decode()


def test_s239_a_session_that_was_planted_before_waits_under_another_secret(alice: User, bob: User) -> None:
    attacker, victim = Browser(), Browser()
    session_for(attacker, bob)
    planted = attacker.cookies[SESSION].value
    victim.cookies[SESSION] = planted
    sign_in(victim, alice)
    assert not alive(planted)
    assert planted not in waiting(victim)


def test_s239_a_stolen_list_from_before_a_choice_is_dead(both: Browser, alice: User) -> None:
    thief = Browser()
    thief.cookies[ACCOUNTS] = both.cookies[ACCOUNTS].value
    choose(both, session_of(alice))
    assert thief.get("/login/choose")["Location"] == "/login"


@pytest.mark.parametrize(
    "planted",
    ["", ".", "....", "x", "jnu_se_" + "A" * 43, "jnu_se_" + "é" * 43, ".".join(["jnu_se_" + "B" * 43] * 500), "A" * 5000],
)  # fmt: skip
def test_s239_nonsense_in_the_list_is_nobodys(alice: User, planted: str) -> None:
    browser = Browser()
    browser.cookies[ACCOUNTS] = planted.encode().decode("latin-1")
    assert browser.get("/login/choose")["Location"] == "/login"
    assert sign_in(browser, alice).status_code == 303
    assert browser.get("/login/choose").status_code == 200


def test_s239_an_account_is_not_chosen_by_its_name_alone(both: Browser, alice: User, bob: User) -> None:
    """The list of another browser names the session; only the secret opens it."""
    outsider = Browser()
    session_for(
        outsider, User.objects.create(email="c@example.com", created_at=clock.now(), updated_at=clock.now())
    )
    for user in (alice, bob):
        answer = choose(outsider, session_of(user))
        assert SESSION not in answer.cookies
    assert "c@example.com" in outsider.get("/account").content.decode()


def test_an_api_session_is_never_on_the_list(alice: User) -> None:
    from accounts.services import sessions

    now = clock.now()
    proof = sessions.Proof(amr=("pwd",), auth_time=now)
    new = sessions.start_session(alice, proof, kind=Session.Kind.API, keep=False, now=now)
    browser = Browser()
    browser.cookies[ACCOUNTS] = new.secret
    assert browser.get("/login/choose")["Location"] == "/login"


def test_a_new_password_ends_what_waits(both: Browser, alice: User) -> None:
    browser = Browser()
    browser.post("/password/forgot", {"email": alice.email})
    form = {"code": code_in(newest_mail(alice.email)), "new_password": NEW_PASSWORD}
    assert browser.post("/password/reset", form).status_code == 200
    assert alice.email not in both.get("/login/choose").content.decode().replace("<wbr>", "")


@pytest.mark.parametrize("door", ["password", "code", "choice"])
def test_s240_the_cookies_of_accounts_are_for_this_host_and_no_script(
    alice: User, bob: User, door: str
) -> None:
    browser = Browser()
    sign_in(browser, bob)
    if door == "password":
        answer = sign_in(browser, alice)
    elif door == "code":
        browser.post("/login/email", {"email": alice.email})
        answer = browser.post("/login/code", {"code": code_in(newest_mail(alice.email))})
    else:
        sign_in(browser, alice)
        answer = choose(browser, session_of(bob))
    for name in (SESSION, ACCOUNTS):
        cookie = answer.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
            True,
            "Lax",
            "/",
            "",
        )
        assert bool(cookie["secure"]) is settings.SESSION_COOKIE_SECURE


@pytest.mark.parametrize("evil", EVIL)
def test_s234_a_choice_goes_only_to_our_own_pages(both: Browser, alice: User, evil: str) -> None:
    answer = choose(both, session_of(alice), next=evil)
    assert answer.status_code in (303, 400)
    if answer.status_code == 303:
        assert answer["Location"] == "/account"


@pytest.mark.parametrize("evil", [word for word in EVIL if "\x00" not in word])
@pytest.mark.parametrize("path", ["/login/choose", "/login/email"])
def test_s234_no_page_carries_it_on(both: Browser, path: str, evil: str) -> None:
    page = both.get(path, {"next": evil})
    text = page.content.decode()
    assert page.status_code == 200
    assert "evil.test" not in text
    assert "next=" not in text


@pytest.mark.parametrize("evil", ["//evil.test", "https://evil.test", "/\\evil.test"])
def test_s234_the_mailed_code_leads_only_to_our_own_pages(alice: User, evil: str) -> None:
    browser = Browser()
    browser.post(f"/login/email?next={evil}", {"email": alice.email, "next": evil})
    answer = browser.post(
        f"/login/code?next={evil}", {"code": code_in(newest_mail(alice.email)), "next": evil}
    )
    assert answer["Location"] == "/account"
