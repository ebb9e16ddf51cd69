"""/account/sessions: what it shows, what it ends, and how many statements that takes."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from accounts import doors, places
from accounts.factories import PASSWORD
from accounts.models import Device, Session, User
from accounts.services import sessions
from accounts.tests.browsers import enter, signed_in
from accounts.tests.geoip import city_database
from accounts.tests.mails import last_letter
from audit.models import Event
from core import clock

pytestmark = pytest.mark.django_db
PATH = "/account/sessions"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
BERLIN, NOWHERE = "192.0.2.7", "198.51.100.9"


def sign_in(user: User, browser: Client | None = None, **headers: Any) -> Client:
    browser = browser or Client()
    form = {"email": user.email, "password": PASSWORD}
    assert browser.post("/login", form, **headers).status_code == 303
    return browser


@pytest.fixture
def cities(tmp_path: Path, janua_options: Any) -> None:
    path = city_database(tmp_path / "cities.mmdb", {"192.0.2.0/24": ("Berlin", "Germany")})
    janua_options(geoip_database=path)


def test_it_says_what_where_and_how(alice: User, cities: None) -> None:
    sign_in(alice, HTTP_USER_AGENT=IPHONE, REMOTE_ADDR=BERLIN)
    here = sign_in(alice, REMOTE_ADDR=NOWHERE)
    current, phone = here.get(PATH).context["sessions"]
    assert (current.is_current, current.ip, current.place) == (True, NOWHERE, "")
    assert (phone.device, phone.place, phone.door) == ("Mobile Safari on iOS", "Berlin, Germany", "Password")
    text = here.get(PATH).content.decode()
    for word in ("Berlin, Germany", "This device", "By: Password", "Active now"):
        assert word in text


def test_programs_stand_in_the_list_too(alice: User) -> None:
    body = {"email": alice.email, "password": PASSWORD}
    Client().post("/api/v1/auth/login", body, content_type="application/json", HTTP_USER_AGENT="Garden/1.2")
    shown = signed_in(alice).get(PATH).context["sessions"]
    assert [(each.kind, each.device) for each in shown][1] == ("api", "Garden")


def test_this_session_is_shown_however_many_there_are(alice: User) -> None:
    here = signed_in(alice)
    Session.objects.update(last_seen_at=clock.now())
    for _ in range(120):
        signed_in(alice)
    shown = here.get(PATH).context["sessions"]
    assert (len(shown), shown[0].is_current) == (100, True)


def test_the_number_of_statements_does_not_grow_with_the_rows(
    alice: User, django_assert_num_queries: Any
) -> None:
    here = sign_in(alice)
    for _ in range(2):
        for _ in range(5):
            sign_in(alice)
        # the session; whether terms wait; what organizations ask; whether the menu leads to clients; sessions; devices
        with django_assert_num_queries(6):
            assert here.get(PATH).status_code == 200


def test_out_everywhere_and_here(alice: User, bob: User) -> None:
    here, there, bobs = signed_in(alice), signed_in(alice), signed_in(bob)
    response = here.post(PATH, {"everywhere": "1"})
    assert (response.status_code, response["Location"]) == (303, "/login")
    assert response.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert [each.get("/account").status_code for each in (here, there, bobs)] == [302, 302, 200]
    assert "You are signed out everywhere." in here.get("/login").content.decode()


class TestDevices:
    def test_a_browser_is_noted_once_and_seen_again(self, alice: User) -> None:
        browser = sign_in(alice)
        first = Device.objects.get()
        sign_in(alice, browser, HTTP_USER_AGENT=IPHONE)
        again = Device.objects.get()
        assert again.id == first.id
        assert again.first_seen_at == first.first_seen_at
        assert again.last_seen_at > first.last_seen_at
        assert again.user_agent == IPHONE
        sign_in(alice)
        assert Device.objects.count() == 2

    def test_one_browser_and_two_people_are_two_devices(self, alice: User, bob: User) -> None:
        browser = sign_in(alice)
        sign_in(bob, browser)
        assert Device.objects.count() == 2
        assert len(browser.get(PATH).context["devices"]) == 1

    def test_forgetting_signs_it_out_and_makes_it_new(self, alice: User) -> None:
        here, there = sign_in(alice), sign_in(alice)
        device = Device.objects.get(id=Session.objects.latest("created_at").device_id)
        assert here.post(PATH, {"device_id": str(device.id)}).status_code == 303
        assert there.get("/account").status_code == 302
        assert len(here.get(PATH).context["devices"]) == 1
        sign_in(alice, there)
        device.refresh_from_db()
        assert (device.revoked_at, device.trusted_until) == (None, None)

    def test_forgetting_this_browser_signs_out_here(self, alice: User) -> None:
        here = sign_in(alice)
        response = here.post(PATH, {"device_id": str(Device.objects.get().id)})
        assert response["Location"] == "/login"
        assert here.get("/account").status_code == 302

    @pytest.mark.parametrize("value", ["", "x", "3f0f3b0e-0000-4000-8000-000000000001"])
    def test_what_is_not_ones_own_stays(self, alice: User, bob: User, value: str) -> None:
        sign_in(alice)
        mine = signed_in(bob)
        mine.post(PATH, {"device_id": value})
        mine.post(PATH, {"device_id": str(Device.objects.get().id)})
        assert Device.objects.get().revoked_at is None


class TestPlaces:
    def test_without_a_database_nobody_knows(self) -> None:
        assert places.find_place(BERLIN) == ""

    @pytest.mark.parametrize("ip", ["", None, NOWHERE, "::1", "2001:db8::1"])
    def test_other_addresses_are_nowhere(self, cities: None, ip: str | None) -> None:
        assert places.find_place(ip) == ""

    def test_in_the_language_of_the_page(self, cities: None) -> None:
        with translation.override("de-at"):
            assert places.find_place(BERLIN) == "Berlin (de), Germany (de)"
        with translation.override("ja"):
            assert places.find_place(BERLIN) == "Berlin, Germany"

    def test_mails_name_it_in_the_language_of_the_person(self, cities: None, alice: User) -> None:
        Client().post("/password/forgot", {"email": alice.email}, REMOTE_ADDR=BERLIN)
        assert "Where: Berlin, Germany (192.0.2.7)" in last_letter(alice.email).text


@pytest.mark.parametrize(
    ("door", "words"),
    [("password", "Password"), ("github", "GitHub"), ("acme-id", "Acme Id"), ("", "")],
)
def test_doors_in_words(door: str, words: str) -> None:
    assert doors.in_words(door) == words


class TestMostSessions:
    def test_one_more_ends_the_least_recently_used(self, alice: User, bob: User, janua_options: Any) -> None:
        janua_options(max_sessions=3)
        bobs = signed_in(bob)
        first, second, third = sign_in(alice), sign_in(alice), sign_in(alice)
        Session.objects.filter(user=alice).update(last_seen_at=clock.now() - sessions.SEEN_EVERY * 2)
        first.get("/account")  # used: now the second is the oldest
        fourth = sign_in(alice)
        statuses = [each.get("/account").status_code for each in (first, second, third, fourth, bobs)]
        assert statuses == [200, 302, 200, 200, 200]
        event = Event.objects.get(action="session.ended")
        assert event.data["reason"] == "too_many_sessions"

    def test_both_kinds_count(self, alice: User, janua_options: Any) -> None:
        janua_options(max_sessions=1)
        here = sign_in(alice)
        body = {"email": alice.email, "password": PASSWORD}
        Client().post("/api/v1/auth/login", body, content_type="application/json")
        assert here.get("/account").status_code == 302
        assert Session.objects.filter(ended_at=None).count() == 1

    def test_what_idled_out_does_not_count(self, alice: User, janua_options: Any) -> None:
        janua_options(max_sessions=2)
        idle = enter(Client(), alice)
        Session.objects.filter(id=idle.id).update(idle_until=clock.now(), last_seen_at=clock.now())
        here = sign_in(alice)
        sign_in(alice)
        assert here.get("/account").status_code == 200

    def test_without_a_limit_nothing_ends(self, alice: User) -> None:
        for _ in range(12):
            sign_in(alice)
        assert Session.objects.filter(ended_at=None).count() == 12
