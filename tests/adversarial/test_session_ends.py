"""Sessions renewed and ended from the new pages and over REST (S127, S238, S240, S241, S242)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import Device, Session, User
from accounts.services import sessions, sudo
from core import clock
from oauth.factories import register_client
from tests.adversarial.tools import (
    api_login,
    bearer,
    me,
    newest_mail,
    refresh,
    session_for,
    sign_in,
    token_in,
    tokens_of,
    userinfo,
)

COOKIE = settings.SESSION_COOKIE_NAME
pytestmark = pytest.mark.django_db


def alive(secret: str) -> bool:
    browser = Browser()
    browser.cookies[COOKIE] = secret
    return browser.get("/account").status_code == 200


def test_s238_a_fresh_proof_renews_the_cookie_and_kills_the_old_one(alice: User) -> None:
    browser = Browser()
    session = session_for(browser, alice)
    before = browser.cookies[COOKIE].value
    Session.objects.filter(id=session.id).update(sudo_until=None)
    browser.get("/account/confirm")
    csrf = browser.cookies[settings.CSRF_COOKIE_NAME].value
    assert browser.post("/account/confirm", {"password": PASSWORD}).status_code == 303
    assert browser.cookies[settings.CSRF_COOKIE_NAME].value != csrf
    assert [alive(before), alive(browser.cookies[COOKIE].value)] == [False, True]


def test_s238_a_refused_proof_renews_nothing(alice: User) -> None:
    browser = Browser()
    session = session_for(browser, alice)
    Session.objects.filter(id=session.id).update(sudo_until=None)
    answer = browser.post("/account/confirm", {"password": "wrong"})
    assert COOKIE not in answer.cookies
    assert alive(browser.cookies[COOKIE].value)


def test_s240_the_renewed_cookie_is_as_closed_as_the_first(alice: User) -> None:
    first = sign_in(Browser(), alice).cookies[COOKIE]
    browser = Browser()
    session = session_for(browser, alice)
    Session.objects.filter(id=session.id).update(sudo_until=None)
    renewed = browser.post("/account/confirm", {"password": PASSWORD}).cookies[COOKIE]
    for attribute in ("httponly", "samesite", "path", "secure", "domain"):
        assert renewed[attribute] == first[attribute], attribute
    assert renewed["httponly"]
    assert renewed["samesite"] == "Lax"


def everywhere_by_page(browser: Browser, _user: User) -> None:
    browser.post("/account/sessions", {"everywhere": "1"})


def everywhere_over_rest(_browser: Browser, user: User) -> None:
    Browser().delete("/api/v1/sessions", **bearer(api_login(Browser(), user)["access_token"]))


def not_me(_browser: Browser, user: User) -> None:
    Device.objects.all().delete()
    sign_in(Browser(), user)
    sign_in(Browser(), user)
    token = token_in(newest_mail(user.email, "sign_in_new_device"))
    Browser().post(f"/not-me?token={token}", {"next": ""})


@pytest.mark.parametrize("act", [everywhere_by_page, everywhere_over_rest, not_me])
def test_s127_s241_all_ends_with_every_token_at_the_next_request(
    alice: User, bob: User, act: Callable[[Browser, User], None]
) -> None:
    acme = register_client()
    here, there, bobs, api = Browser(), Browser(), Browser(), api_login(Browser(), alice)
    for browser, user in ((here, alice), (there, alice), (bobs, bob)):
        session_for(browser, user)
    tokens = tokens_of(there, acme)
    act(here, alice)
    assert [each.get("/account").status_code for each in (here, there, bobs)] == [302, 302, 200]
    assert me(api["access_token"]) == 401
    assert userinfo(tokens["access_token"]) == 401
    assert refresh(acme, tokens["refresh_token"]).status_code == 400
    assert not Session.objects.filter(user=alice, ended_at=None).exists()


def test_s241_a_forgotten_device_is_out_with_its_apps(alice: User) -> None:
    acme = register_client()
    here, there = Browser(), Browser()
    session_for(here, alice)
    sign_in(there, alice)
    tokens = tokens_of(there, acme)
    here.post("/account/sessions", {"device_id": str(Device.objects.get().id)})
    assert there.get("/account").status_code == 302
    assert userinfo(tokens["access_token"]) == 401
    assert refresh(acme, tokens["refresh_token"]).status_code == 400


def test_s241_nobody_ends_a_strangers_session_over_rest(alice: User, bob: User) -> None:
    browser = Browser()
    session = session_for(browser, alice)
    header = bearer(api_login(Browser(), bob)["access_token"])
    for name in (str(session.id), session.id.hex, "x", "%00", "current", "others/", "*"):
        assert Browser().delete(f"/api/v1/sessions/{name}", **header).status_code in (200, 400, 404, 405)
    assert browser.get("/account").status_code == 200


def test_s242_refreshing_does_not_stretch_the_absolute_life(
    alice: User, travel: Callable[[timedelta], None]
) -> None:
    token = api_login(Browser(), alice)["refresh_token"]
    expires_at = Session.objects.get().expires_at

    def again(refresh_token: str) -> Any:
        body = {"refresh_token": refresh_token}
        return Browser().post("/api/v1/auth/token/refresh", body, content_type="application/json")

    for days in range(6, 30, 6):
        travel(timedelta(days=days))
        token = again(token).json()["refresh_token"]
    assert Session.objects.get().expires_at == expires_at
    travel(timedelta(days=30, seconds=1))
    assert again(token).status_code == 401


def test_s242_a_proof_does_not_stretch_it_either(alice: User) -> None:
    now = clock.now()
    session = session_for(Browser(), alice)
    sudo.open_for(session, by="password", now=now + timedelta(hours=11))
    assert Session.objects.get().expires_at == session.expires_at <= now + timedelta(hours=12, minutes=1)
    assert sessions.living_sessions(alice, now=now + timedelta(hours=12, minutes=2)).count() == 0
