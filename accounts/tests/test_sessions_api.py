"""/api/v1/sessions and /api/v1/users/me/devices."""

from typing import Any

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Device, Session, User
from accounts.services import devices, sessions
from accounts.tests.browsers import signed_in
from core import clock

pytestmark = pytest.mark.django_db
SESSIONS, DEVICES = "/api/v1/sessions", "/api/v1/users/me/devices"
UNKNOWN = "3f0f3b0e-0000-4000-8000-000000000001"


class Program:
    """A program that logged in over REST."""

    def __init__(self, user: User) -> None:
        body = {"email": user.email, "password": PASSWORD}
        answer = Client().post("/api/v1/auth/login", body, content_type="application/json").json()
        self.session_id = answer["session"]["id"]
        self.tokens = answer["tokens"]

    def __call__(self, method: str, path: str) -> Any:
        header = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return Client().generic(method, path, headers=header)

    def is_in(self) -> bool:
        return bool(self("GET", "/api/v1/auth/me").status_code == 200)

    def refresh(self) -> int:
        body = {"refresh_token": self.tokens["refresh_token"]}
        answer = Client().post("/api/v1/auth/token/refresh", body, content_type="application/json")
        return int(answer.status_code)


def test_both_kinds_are_listed_and_nobody_elses(alice: User, bob: User) -> None:
    signed_in(alice)
    Program(bob)
    program = Program(alice)
    body = program("GET", SESSIONS).json()
    assert body["total"] == 2
    assert {each["kind"] for each in body["data"]} == {"browser", "api"}
    [current] = [each for each in body["data"] if each["is_current"]]
    assert current["id"] == program.session_id
    assert current == program("GET", f"{SESSIONS}/current").json()
    assert current["door"] == "password"
    assert "secret" not in str(body)


def test_the_number_of_statements_does_not_grow_with_the_rows(
    alice: User, django_assert_num_queries: Any
) -> None:
    program = Program(alice)
    for _ in range(2):
        for _ in range(5):
            signed_in(alice)
        with django_assert_num_queries(3):  # the token's session; how many; which
            assert program("GET", SESSIONS).status_code == 200


def test_one_is_ended_with_its_tokens(alice: User) -> None:
    here, there = Program(alice), Program(alice)
    assert here("DELETE", f"{SESSIONS}/{there.session_id}").status_code == 204
    assert (here.is_in(), there.is_in(), there.refresh()) == (True, False, 401)
    assert here("DELETE", f"{SESSIONS}/{there.session_id}").status_code == 404


def test_the_others_end_and_this_one_stays(alice: User, bob: User) -> None:
    here, there, browser, bobs = Program(alice), Program(alice), signed_in(alice), Program(bob)
    assert here("DELETE", f"{SESSIONS}/others").json() == {"ended": 2}
    assert (here.is_in(), there.is_in(), bobs.is_in()) == (True, False, True)
    assert browser.get("/account").status_code == 302


def test_all_end_and_this_one_too(alice: User) -> None:
    here, there = Program(alice), Program(alice)
    assert here("DELETE", SESSIONS).json() == {"ended": 2}
    assert (here.is_in(), there.is_in(), here.refresh()) == (False, False, 401)


def test_a_strangers_session_is_not_there(alice: User, charlie: User) -> None:
    alices, charlies = Program(alice), Program(charlie)
    for session_id in (alices.session_id, UNKNOWN):
        answer = charlies("DELETE", f"{SESSIONS}/{session_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND_ERROR")
    assert alices.is_in()


def test_a_refresh_is_use(alice: User) -> None:
    program = Program(alice)
    long_ago = clock.now() - sessions.SEEN_EVERY * 3
    Session.objects.update(last_seen_at=long_ago)
    assert program.refresh() == 200
    assert Session.objects.get().last_seen_at > long_ago


def test_devices_are_listed_and_forgotten(alice: User, bob: User) -> None:
    browser, others = Client(), Client()
    browser.post("/login", {"email": alice.email, "password": PASSWORD})
    others.post("/login", {"email": bob.email, "password": PASSWORD})
    program = Program(alice)
    [device] = program("GET", DEVICES).json()["data"]
    assert device["id"] == str(Device.objects.get(user=alice).id)
    foreign = Device.objects.get(user=bob)
    for device_id in (foreign.id, UNKNOWN):
        assert program("DELETE", f"{DEVICES}/{device_id}").status_code == 404
    assert program("DELETE", f"{DEVICES}/{device['id']}").status_code == 204
    assert program("GET", DEVICES).json()["total"] == 0
    assert browser.get("/account").status_code == 302
    assert others.get("/account").status_code == 200


def test_trust_lasts_until_its_end_and_not_beyond_the_device(alice: User, bob: User) -> None:
    now, browser_id = clock.now(), "browser-1"
    new = sessions.start_session(
        alice, sessions.Proof(amr=("pwd",), auth_time=now), kind=Session.Kind.BROWSER, keep=False, now=now
    )
    device = devices.note(new.session, browser_id=browser_id, now=now)
    assert not devices.is_trusted(alice, browser_id=browser_id, now=now)
    Device.objects.update(trusted_until=now + sessions.SUDO_LIFETIME)
    assert devices.is_trusted(alice, browser_id=browser_id, now=now)
    assert not devices.is_trusted(bob, browser_id=browser_id, now=now)
    assert not devices.is_trusted(alice, browser_id="browser-2", now=now)
    assert not devices.is_trusted(alice, browser_id=browser_id, now=now + sessions.SUDO_LIFETIME)
    devices.forget(user=alice, device_id=device.id, now=now)
    assert not devices.is_trusted(alice, browser_id=browser_id, now=now)
