"""SIGN_IN_SIGNALS: what speaks against a sign-in, and what is asked then."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Device, Session, User
from accounts.tests.geoip import city_database
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from core import clock
from login import signals
from login.tests.api import call
from login.tests.test_trusted_browsers import SEEDS, trusting, ways_in
from mfa.factories import enrol_totp
from mfa.models import Factor, SentCode

BERLIN, LIMA = (52.5, 13.4), (-12.0, -77.0)
IN_BERLIN, IN_LIMA = "192.0.2.1", "198.51.100.1"
CHALLENGE = "/login/challenge"


@pytest.fixture
def alice(alice: User) -> User:
    """She has been here before."""
    User.objects.filter(id=alice.id).update(last_login=clock.now() - timedelta(days=1))
    alice.refresh_from_db()
    return alice


@pytest.fixture
def places(tmp_path: Path, janua_options: Any) -> None:
    networks = {"192.0.2.0/24": ("Berlin", "Germany"), "198.51.100.0/24": ("Lima", "Peru")}
    where = dict(zip(networks, (BERLIN, LIMA), strict=True))
    janua_options(geoip_database=city_database(tmp_path / "cities.mmdb", networks, where))


def watch(janua_options: Any, *names: str) -> None:
    janua_options(sign_in_signals=names)


def was_in_berlin(user: User) -> None:
    Session.objects.filter(user=user).update(ip=IN_BERLIN, last_seen_at=clock.now())


def knock(user: User, browser: Client, **more: str) -> str:
    browser.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    form = {"email": user.email, "password": PASSWORD}
    location: str = browser.post("/login", form, **more)["Location"]
    return location


def test_nobody_flies_from_berlin_to_lima_in_an_hour() -> None:
    assert signals.distance_km(BERLIN, LIMA) == pytest.approx(11_100, rel=0.02)
    assert signals.is_too_fast(BERLIN, LIMA, timedelta(hours=1))
    assert not signals.is_too_fast(BERLIN, LIMA, timedelta(hours=14))
    assert not signals.is_too_fast(BERLIN, (52.4, 13.1), timedelta(seconds=1)), "databases err"


@pytest.mark.parametrize(("rule", "leads_to"), [((), "/account"), (("impossible_travel",), CHALLENGE)])
def test_impossible_travel_asks_a_trusted_browser_too(
    alice: User, janua_options: Any, places: None, rule: tuple[str, ...], leads_to: str
) -> None:
    browser = trusting(alice, SEEDS[0])
    watch(janua_options, *rule)
    was_in_berlin(alice)
    assert knock(alice, browser, REMOTE_ADDR=IN_BERLIN) == "/account"
    was_in_berlin(alice)
    assert knock(alice, browser, REMOTE_ADDR=IN_LIMA) == leads_to
    assert knock(alice, browser, REMOTE_ADDR="203.0.113.1") == "/account", "nobody knows where that is"


def test_impossible_travel_asks_who_has_no_second_factor_for_a_mailed_code(
    alice: User, janua_options: Any, places: None
) -> None:
    browser = Client()
    assert knock(alice, browser) == "/account"
    watch(janua_options, "impossible_travel")
    was_in_berlin(alice)
    assert knock(alice, browser, REMOTE_ADDR=IN_LIMA) == CHALLENGE


def test_a_new_browser_is_asked_for_a_mailed_code(alice: User, janua_options: Any) -> None:
    watch(janua_options, "new_device")
    browser = Client()
    assert knock(alice, browser) == CHALLENGE
    assert not Session.objects.exists()
    page = browser.get(CHALLENGE).content.decode()
    assert "This sign-in looks unusual" in page
    assert "a•••@e•••" in page
    assert "Trust this browser" not in page
    assert "/login/recover" not in page
    letter = last_letter(alice.email)
    assert letter.kind == "factor_code"
    assert "One more step" in letter.text
    assert Event.objects.get(action="mfa.code_sent").data["purpose"] == "attempt"
    assert browser.post(CHALLENGE, {"code": wrong(letter.code)}).status_code == 401
    assert browser.post(CHALLENGE, {"code": letter.code, "trust": "on"}).status_code == 303
    assert knock(alice, browser) == "/account", "it is known from then on"


def test_the_code_is_no_second_factor(alice: User, janua_options: Any) -> None:
    """Nobody set it up: it lifts no session, trusts no browser, and leaves two-step sign-in off."""
    janua_options(sign_in_signals=("new_device",), mfa_required_for="everyone", mfa_grace_days=0)
    browser = Client()
    knock(alice, browser)
    browser.post(CHALLENGE, {"code": last_letter(alice.email).code, "trust": "on"})
    session = Session.objects.get()
    assert (session.amr, session.acr) == (["pwd", "otp"], "aal1")
    assert Device.objects.get().trusted_until is None
    assert browser.get("/account")["Location"].startswith("/account/security?next=")
    assert not Factor.objects.filter(confirmed=True).exists()
    assert not User.objects.get().has_mfa


def test_the_first_sign_in_and_the_mailbox_itself_are_not_asked(
    alice: User, bob: User, janua_options: Any
) -> None:
    watch(janua_options, "new_device")
    assert bob.last_login is None
    assert knock(bob, Client()) == "/account"
    browser = Client()
    browser.post("/login/email", {"email": alice.email})
    answer = browser.post("/login/code", {"code": last_letter(alice.email).code})
    assert (answer.status_code, answer["Location"]) == (303, "/account")


def test_who_has_a_second_factor_is_asked_for_that(alice: User, janua_options: Any) -> None:
    watch(janua_options, "new_device")
    enrol_totp(alice, seed=SEEDS[0])
    browser = Client()
    assert knock(alice, browser) == CHALLENGE
    assert browser.post(CHALLENGE, {"method": "email", "send": "1"}).status_code == 422
    assert not letters_to(alice.email)
    answer = call("mfa/challenge", {"mfa_token": asked_over_rest(alice), "method": "email"})
    assert answer.status_code == 422
    assert not SentCode.objects.exists()


def asked_over_rest(user: User) -> str:
    waiting = call("login", {"email": user.email, "password": PASSWORD}).json()
    assert waiting["requires_mfa"] is True
    token: str = waiting["mfa_token"]
    return token


def test_programs_are_asked_as_well(alice: User, janua_options: Any) -> None:
    """Else a thief with the password would take that door."""
    watch(janua_options, "new_device")
    token = asked_over_rest(alice)
    sent = call("mfa/challenge", {"mfa_token": token, "method": "email"})
    assert (sent.status_code, sent.json()["destination"]) == (202, "a•••@e•••")
    code = last_letter(alice.email).code
    assert call("mfa/verify", {"mfa_token": token, "code": wrong(code)}).status_code == 401
    done = call("mfa/verify", {"mfa_token": token, "code": code})
    assert "tokens" in done.json()
    assert Session.objects.get().acr == "aal1"
    assert call("mfa/verify", {"mfa_token": token, "code": code}).status_code == 401


def test_there_is_nothing_to_recover(alice: User, janua_options: Any) -> None:
    watch(janua_options, "new_device")
    browser = Client()
    knock(alice, browser)
    for path in ("/login/recover", "/login/recover/code"):
        assert browser.get(path)["Location"] == CHALLENGE
    assert call("mfa/recover", {"mfa_token": asked_over_rest(alice)}).status_code == 401


def test_a_factor_that_is_set_up_meanwhile_is_what_counts(alice: User, janua_options: Any) -> None:
    watch(janua_options, "new_device")
    browser = Client()
    knock(alice, browser)
    code = last_letter(alice.email).code
    enrol_totp(alice, seed=SEEDS[0])
    assert browser.post(CHALLENGE, {"method": "email", "code": code}).status_code == 401
    assert not Session.objects.exists()


def test_the_code_opens_nothing_else(alice: User, janua_options: Any) -> None:
    """Another sign-in of hers has its own."""
    watch(janua_options, "new_device")
    first, second = Client(), Client()
    knock(alice, first)
    code = last_letter(alice.email).code
    knock(alice, second)
    assert second.post(CHALLENGE, {"method": "email", "code": code}).status_code == 401
    assert first.post(CHALLENGE, {"method": "email", "code": code}).status_code == 303
    assert ways_in(first, alice) == "/account"
