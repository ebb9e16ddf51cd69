"""A browser that a person trusts is spared the second factor for a while, by that person alone."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Device, Session, User
from accounts.services import recovery
from audit.models import Event
from core import clock
from login.tests.test_people_api import token_of, users_api
from mfa.factories import enrol_totp, proven_twice
from mfa.services import own_factors

SEEDS = ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


def ways_in(browser: Client, user: User) -> str:
    """Where a right password leads."""
    browser.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    return browser.post("/login", {"email": user.email, "password": PASSWORD})["Location"]


def trusting(user: User, seed: str, browser: Client | None = None) -> Client:
    browser = browser or Client()
    enrol_totp(user, seed=seed)
    assert ways_in(browser, user) == "/login/challenge"
    code = pyotp.TOTP(seed).now()
    assert browser.post("/login/challenge", {"code": code, "trust": "on"}).status_code == 303
    return browser


def test_it_is_asked_no_more_for_thirty_days(alice: User) -> None:
    browser = trusting(alice, SEEDS[0])
    device = Device.objects.get(user=alice)
    assert device.trusted_until is not None
    assert abs(device.trusted_until - clock.now() - timedelta(days=30)) < timedelta(minutes=1)
    assert Event.objects.filter(action="device.trusted", target_id=str(device.id)).count() == 1
    assert ways_in(browser, alice) == "/account"
    Device.objects.update(trusted_until=clock.now())
    assert ways_in(browser, alice) == "/login/challenge"


def test_unless_the_person_says_so_or_the_operator_forbids_it(alice: User, janua_options: Any) -> None:
    enrol_totp(alice, seed=SEEDS[0])
    browser = Client()
    ways_in(browser, alice)
    assert b'name="trust"' in browser.get("/login/challenge").content
    browser.post("/login/challenge", {"code": pyotp.TOTP(SEEDS[0]).now()})
    assert ways_in(browser, alice) == "/login/challenge"
    janua_options(trusted_browser_days=0)
    assert b'name="trust"' not in browser.get("/login/challenge").content


def test_it_ends_where_the_operator_forbids_it(alice: User, janua_options: Any) -> None:
    browser = trusting(alice, SEEDS[0])
    janua_options(trusted_browser_days=0)
    assert ways_in(browser, alice) == "/login/challenge"


def test_it_ends_with_two_step_sign_in(alice: User) -> None:
    """Set up again it begins without: whoever turned it off and on is not spared by what was said before."""
    browser = trusting(alice, SEEDS[0])
    own_factors.disable(session=proven_twice(alice).session, now=clock.now())
    assert Device.objects.get(user=alice).trusted_until is None
    assert Event.objects.filter(action="device.trust_ended").count() == 1
    assert ways_in(browser, alice) == "/account"
    enrol_totp(User.objects.get(id=alice.id), seed=SEEDS[1])
    assert ways_in(browser, alice) == "/login/challenge"


def test_s134_the_trust_of_one_person_spares_no_other(alice: User, bob: User) -> None:
    browser = trusting(alice, SEEDS[0])
    enrol_totp(bob, seed=SEEDS[1])
    assert ways_in(browser, bob) == "/login/challenge"
    assert ways_in(browser, alice) == "/account"


@pytest.mark.parametrize("way", ["one", "all", "forgotten", "rest", "rest, all"])
def test_it_can_be_taken_back(alice: User, bob: User, way: str) -> None:
    token = token_of(alice)
    browser = trusting(alice, SEEDS[0])
    device = Device.objects.get(user=alice)
    page = browser.get("/account/sessions").content.decode()
    assert 'name="untrust"' in page
    assert "Trusted until" in page
    if way == "forgotten":
        browser.post("/account/sessions", {"device_id": device.id})
    elif way == "rest, all":
        answer = users_api(token, "/me/devices/trust", method="DELETE")
        assert (answer.status_code, answer.json()) == (200, {"ended": 1})
    elif way == "rest":
        path = f"/me/devices/{device.id}/trust"
        assert users_api(token_of(bob), path, method="DELETE").status_code == 404
        assert [users_api(token, path, method="DELETE").status_code for _ in range(2)] == [204, 404]
    else:
        browser.post("/account/sessions", {"untrust": "all" if way == "all" else device.id})
    assert ways_in(browser, alice) == "/login/challenge"


def test_a_new_password_ends_it(alice: User) -> None:
    browser = trusting(alice, SEEDS[0])
    session = Session.objects.get(user=alice)
    new = "a-wholly-new-password-31"
    recovery.change_password(
        user=alice, session=session, current_password=PASSWORD, new_password=new, now=clock.now()
    )
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    answer = browser.post("/login", {"email": alice.email, "password": new})
    assert answer["Location"] == "/login/challenge"


def test_a_copy_of_the_browsers_cookie_from_before_is_worth_nothing(alice: User, bob: User) -> None:
    """At a shared computer: who took the cookie along before is not trusted by what comes after."""
    browser = Client()
    ways_in(browser, bob)
    taken = browser.cookies[settings.DEVICE_COOKIE_NAME].value
    trusting(alice, SEEDS[0], browser)
    assert ways_in(browser, alice) == "/account"
    assert Device.objects.count() == 2, "the same browser, to both"
    thief = Client()
    thief.cookies[settings.DEVICE_COOKIE_NAME] = taken
    assert ways_in(thief, alice) == "/login/challenge"
