"""Sessions, their cookies, and every page that sends people on (S234, S238-S242).

Cases: S239 S241.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.services import users
from core import clock
from oauth.services.clients import Registered
from tests.adversarial.tools import (
    NEW_PASSWORD,
    api_login,
    bearer,
    me,
    post_json,
    refresh,
    session_for,
    sign_in,
    tokens_of,
    userinfo,
)

COOKIE = settings.SESSION_COOKIE_NAME
EVIL = [
    "//evil.test", "/\\evil.test", "/\t/evil.test", "/%09/evil.test", "https:evil.test", "/////evil.test",
    "http:///evil.test", "\\/evil.test", " https://evil.test", "/@evil.test", "data:text/html,x", "javascript:alert(1)",
    "https://evil.test", "HTTPS://EVIL.TEST", "///evil.test", "/\r\n/evil.test", "/.evil.test", "/%2F%2Fevil.test",
    "/%5Cevil.test", "//evil.test/account", "/\\/evil.test", "\x00//evil.test", "/\u2028/evil.test", "//evil%E3%80%82test",
    "http:\\\\evil.test", "/account\\@evil.test", "/account\r\nSet-Cookie: a=b", "/account" + "?" + "x" * 5000,
    "?next=//evil.test", "#//evil.test", "account", "//localhost:4100@evil.test", "/api/v1/auth/me", "/static/x.js",
    "//[::1", "/[", "https://localhost:4100.evil.test/account", "//\u2044evil.test", "\u2215\u2215evil.test", "ｈttps://evil.test",
]  # fmt: skip


def alive(secret: str) -> bool:
    browser = Browser()
    browser.cookies[COOKIE] = secret
    return browser.get("/account").status_code == 200


@pytest.mark.parametrize("evil", EVIL)
def test_s234_sign_in_goes_only_to_our_own_pages(alice: Any, evil: str) -> None:
    body = {"email": alice.email, "password": PASSWORD, "next": evil}
    answer = Browser().post("/login", body)
    if answer.status_code == 303:
        assert answer["Location"] == "/account"
    else:
        assert answer.status_code in (400, 422)  # refused as a form
    signed_in = Browser()
    session_for(signed_in, alice)
    answer = signed_in.get("/login", {"next": evil})
    assert answer.status_code in (302, 400)
    if answer.status_code == 302:
        assert answer["Location"] == "/account"


@pytest.mark.parametrize("evil", [word for word in EVIL if "\x00" not in word])
@pytest.mark.parametrize("path", ["/login", "/signup", "/password/forgot"])
def test_s234_no_page_carries_it_on(db: None, path: str, evil: str) -> None:
    page = Browser().get(path, {"next": evil})
    text = page.content.decode()
    assert page.status_code == 200
    assert "evil.test" not in text
    assert "next=" not in text


@pytest.mark.parametrize("evil", ["//evil.test", "https://evil.test", "/\\evil.test"])
@pytest.mark.parametrize(
    "path", ["/logout", "/oauth/logout", "/verify-email", "/", "/account", "/admin/logout/"]
)
def test_s234_other_pages_take_no_next(alice: Any, path: str, evil: str) -> None:
    browser = Browser()
    session_for(browser, alice)
    for query in ("next", "redirect", "url", "continue", "return_to", "redirect_uri", "goto"):
        answer = browser.get(path, {query: evil})
        assert "evil.test" not in answer.get("Location", "").partition("?")[0]
    answer = browser.post(f"{path}?next={quote(evil)}", {"next": evil})
    assert "evil" not in answer.get("Location", "")


@pytest.mark.parametrize(
    "path", ["//evil.test/account", "//evil.test", "/account//evil.test", "/login//", "//login"]
)
def test_s234_a_path_that_looks_like_a_host_is_no_redirect(db: None, path: str) -> None:
    answer = Browser().get("/", PATH_INFO=path)
    assert not answer.get("Location", "").startswith("//")
    assert "evil.test" not in answer.get("Location", "").partition("?")[0]


def test_s234_next_through_the_whole_sign_up(db: None) -> None:
    browser = Browser()
    browser.post(
        "/signup?next=//evil.test", {"email": "new@example.com", "password": PASSWORD, "next": "//evil.test"}
    )
    from tests.adversarial.tools import code_in, newest_mail

    answer = browser.post("/signup/verify", {"code": code_in(newest_mail("new@example.com"))})
    assert answer["Location"] == "/account"


def test_s234_doubled_next_parameters(alice: Any) -> None:
    """The one that is checked is the one that is used."""
    body = f"email=alice%40example.com&password={PASSWORD}&next=%2Faccount&next=%2F%2Fevil.test"
    form = "application/x-www-form-urlencoded"
    answer = Browser().post("/login?next=/account&next=//evil.test", body, content_type=form)
    assert answer["Location"] == "/account"


def test_s238_sign_in_gives_a_new_session_and_ends_the_one_before(alice: Any, bob: Any) -> None:
    browser = Browser()
    sign_in(browser, alice)
    first = browser.cookies[COOKIE].value
    sign_in(browser, alice)
    second = browser.cookies[COOKIE].value
    sign_in(browser, bob)
    third = browser.cookies[COOKIE].value
    assert len({first, second, third}) == 3
    assert [alive(first), alive(second), alive(third)] == [False, False, True]


def test_s238_csrf_token_changes_with_the_level(alice: Any) -> None:
    browser = Browser()
    browser.get("/login")
    before = browser.cookies[settings.CSRF_COOKIE_NAME].value
    sign_in(browser, alice)
    assert browser.cookies[settings.CSRF_COOKIE_NAME].value != before


@pytest.mark.parametrize("planted", ["jnu_se_" + "A" * 43, "x", "", "jnu_se_" + "é" * 43, "A" * 5000])
def test_s239_a_planted_session_id_is_never_taken_up(alice: Any, planted: str) -> None:
    victim = Browser()
    victim.cookies[COOKIE] = planted.encode().decode("latin-1")
    assert sign_in(victim, alice).status_code == 303
    assert victim.cookies[COOKIE].value != planted
    assert not alive(planted.encode().decode("latin-1"))


def test_s239_the_attackers_own_session_planted_in_the_victims_browser(alice: Any, bob: Any) -> None:
    attacker, victim = Browser(), Browser()
    session_for(attacker, bob)
    planted = attacker.cookies[COOKIE].value
    victim.cookies[COOKIE] = planted
    sign_in(victim, alice)
    assert attacker.get("/account").status_code == 302, "the planted one ended, and is nobody's"
    assert alice.email in victim.get("/account").content.decode()


def test_s239_a_planted_flow_gives_the_attacker_nothing(alice: Any) -> None:
    attacker, victim = Browser(), Browser()
    attacker.post("/signup", {"email": "attacker@example.com", "password": NEW_PASSWORD})
    victim.cookies[settings.FLOW_COOKIE_NAME] = attacker.cookies[settings.FLOW_COOKIE_NAME].value
    sign_in(victim, alice)
    assert attacker.get("/account").status_code == 302
    assert alice.email not in attacker.get("/signup/verify").content.decode()


def test_s241_signing_out_ends_the_row_at_once(alice: Any) -> None:
    browser = Browser()
    sign_in(browser, alice)
    secret = browser.cookies[COOKIE].value
    browser.get("/logout")
    assert alive(secret), "GET only asks"
    browser.post("/logout")
    assert not alive(secret)
    assert browser.cookies[COOKIE].value == ""
    assert Session.objects.get(user=alice).ended_at is not None


def test_s241_password_change_ends_the_others_with_their_apps(alice: Any, acme: Registered) -> None:
    here, there, api = Browser(), Browser(), api_login(Browser(), alice)
    session_for(here, alice)
    session_for(there, alice)
    tokens = tokens_of(there, acme)
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert here.post("/account/password", form).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert me(api["access_token"]) == 401
    assert refresh(acme, tokens["refresh_token"]).status_code == 400
    assert userinfo(tokens["access_token"]) == 401


def test_s241_log_out_everywhere_else(alice: Any) -> None:
    here, there = Browser(), Browser()
    session_for(here, alice)
    session_for(there, alice)
    here.post("/account/sessions", {"all_others": "1"})
    assert [here.get("/account").status_code, there.get("/account").status_code] == [200, 302]


def test_s241_an_operator_ends_a_persons_sessions(alice: Any, olivia: Any) -> None:
    browser, api = Browser(), api_login(Browser(), alice)
    session_for(browser, alice)
    users.sign_out_everywhere(actor=olivia, user=alice, now=clock.now())
    assert browser.get("/account").status_code == 302
    assert me(api["access_token"]) == 401


def test_s241_rest_logout_kills_the_refresh_token_too(alice: Any) -> None:
    tokens = api_login(Browser(), alice)
    other = api_login(Browser(), alice)
    assert Browser().post("/api/v1/auth/logout", **bearer(tokens["access_token"])).status_code == 204
    again = post_json(Browser(), "/api/v1/auth/token/refresh", {"refresh_token": tokens["refresh_token"]})
    assert again.status_code == 401
    assert me(tokens["access_token"]) == 401
    assert Browser().post("/api/v1/auth/logout", **bearer(tokens["access_token"])).status_code == 401
    assert me(other["access_token"]) == 200, "another device's session lives on"


def test_s241_nobody_ends_a_strangers_session(alice: Any, bob: Any) -> None:
    mine, theirs = Browser(), Browser()
    session_for(mine, bob)
    target = session_for(theirs, alice)
    for value in (str(target.id), target.id.hex, "", "x", "%", str(target.id) + "'"):
        mine.post("/account/sessions", {"session_id": value})
    assert theirs.get("/account").status_code == 200
    assert str(target.id) not in mine.get("/account/sessions").content.decode()


def test_s242_idle_and_absolute_ends(alice: Any, travel: Callable[..., None]) -> None:
    browser = Browser()
    session_for(browser, alice)
    travel(timedelta(minutes=31))
    assert browser.get("/account").status_code == 302


def test_s242_polling_does_not_stretch_the_absolute_life(alice: Any, travel: Callable[..., None]) -> None:
    browser = Browser()
    session_for(browser, alice)
    for minutes in range(20, 12 * 60, 20):
        travel(timedelta(minutes=minutes))
        assert browser.get("/account").status_code == 200, minutes
    travel(timedelta(hours=12, seconds=1))
    assert browser.get("/account").status_code == 302


def test_a_suspended_persons_session_is_dead_and_comes_not_back(alice: Any, olivia: Any) -> None:
    browser = Browser()
    session_for(browser, alice)
    users.suspend(actor=olivia, user=alice, now=clock.now())
    assert browser.get("/account").status_code == 302
    users.reactivate(actor=olivia, user=User.objects.get(id=alice.id), now=clock.now())
    assert browser.get("/account").status_code == 302


def test_tossed_cookies_do_not_mix_two_sessions(alice: Any, bob: Any) -> None:
    """Two cookies of one name: whichever is read, it is one person's and nothing between."""
    one, two = Browser(), Browser()
    session_for(one, alice)
    session_for(two, bob)
    header = f"{COOKIE}={one.cookies[COOKIE].value}; {COOKIE}={two.cookies[COOKIE].value}"
    page = Browser().get("/account", HTTP_COOKIE=header).content.decode()
    assert (alice.email in page) != (bob.email in page)


@pytest.mark.parametrize("method", ["head", "options", "trace", "put", "patch", "delete"])
def test_other_methods_change_no_session(alice: Any, method: str) -> None:
    browser = Browser()
    session_for(browser, alice)
    for path in ("/logout", "/account/sessions", "/account/password", "/oauth/logout", "/login"):
        answer = getattr(browser, method)(path)
        if method not in ("head", "options"):
            assert answer.status_code == 405, (method, path)
    assert browser.get("/account").status_code == 200


def test_a_session_secret_is_not_in_the_database(alice: Any) -> None:
    browser = Browser()
    session_for(browser, alice)
    secret = browser.cookies[COOKIE].value
    assert not Session.objects.filter(secret_hash__contains=secret[7:]).exists()
