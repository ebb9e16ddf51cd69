"""/account/profile and /account/preferences, in a browser."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import choices
from accounts.models import User
from accounts.tests.browsers import signed_in
from audit.models import Event
from core.tests.pictures import picture

PROFILE = {
    "given_name": "Alicia",
    "family_name": "Liddell",
    "nickname": "al",
    "website": "https://alice.example",
    "profile_url": "https://work.example/alice",
    "gender": "woman",
    "birthdate": "1990-04-30",
}
PREFERENCES = {"locale": "pt-BR", "timezone": "Europe/Berlin", "theme": "dark", "newsletter": "on"}


def upload(browser: Client, data: bytes, **more: Any) -> Any:
    return browser.post(
        "/account/profile", {"avatar": "put", "picture": SimpleUploadedFile("me.png", data)}, **more
    )


def test_the_profile_is_saved(alice: User) -> None:
    response = signed_in(alice).post("/account/profile", PROFILE)
    assert (response.status_code, response["Location"]) == (303, "/account/profile")
    alice.refresh_from_db()
    assert {name: getattr(alice, name) for name in PROFILE} == PROFILE


@pytest.mark.parametrize(
    "form",
    [
        {"website": "javascript:alert(1)"},
        {"profile_url": "x"},
        {"birthdate": "yesterday"},
        {"given_name": "x" * 101},
    ],
)
def test_a_faulty_profile_is_refused_on_its_field(alice: User, form: dict[str, str]) -> None:
    response = signed_in(alice).post("/account/profile", form)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == form.keys()
    alice.refresh_from_db()
    assert alice.given_name == "Alice"


def test_an_all_blank_profile_may_be_saved(alice: User) -> None:
    signed_in(alice).post("/account/profile", {"given_name": ""})
    alice.refresh_from_db()
    assert alice.given_name == ""


def test_a_picture_is_uploaded_shown_and_removed(alice: User) -> None:
    browser = signed_in(alice)
    assert ">A</span>" in browser.get("/account/profile").content.decode()
    assert upload(browser, picture()).status_code == 303
    alice.refresh_from_db()
    html = browser.get("/account/profile").content.decode()
    assert f'src="/avatars/{alice.picture_key}.png"' in html
    assert browser.post("/account/profile", {"avatar": "remove"}).status_code == 303
    alice.refresh_from_db()
    assert alice.picture == ""
    assert Event.objects.filter(action="user.avatar_changed").count() == 2


@pytest.mark.parametrize("data", [b"<svg/>", b""])
def test_what_is_no_picture_is_refused_on_its_field(alice: User, data: bytes) -> None:
    response = upload(signed_in(alice), data)
    assert response.status_code == 422
    assert list(response.context["avatar_form"].errors) == ["picture"]
    assert response.context["form"].initial["given_name"] == "Alice"


def test_too_many_pictures_are_429(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    browser = signed_in(alice)
    statuses = [upload(browser, b"x").status_code for _ in range(31)]
    assert statuses == [422] * 30 + [429]


def test_preferences_are_saved_and_shown(alice: User) -> None:
    browser = signed_in(alice)
    response = browser.post("/account/preferences", PREFERENCES)
    assert (response.status_code, response["Location"]) == (303, "/account/preferences")
    alice.refresh_from_db()
    assert (alice.locale, alice.timezone) == ("pt-BR", "Europe/Berlin")
    assert alice.preferences == {"theme": "dark", "newsletter": True}
    form = browser.get("/account/preferences").context["form"]
    assert (form["locale"].value(), form["timezone"].value(), form["theme"].value()) == (
        "pt-BR",
        "Europe/Berlin",
        "dark",
    )
    browser.post("/account/preferences", {"theme": "auto"})
    alice.refresh_from_db()
    assert (alice.locale, alice.timezone, alice.preferences) == ("", "", {})


@pytest.mark.parametrize("change", [{"timezone": "Mars/Base"}, {"locale": "xx-x"}, {"theme": "pink"}])
def test_what_is_not_offered_is_refused(alice: User, change: dict[str, str]) -> None:
    response = signed_in(alice).post("/account/preferences", PREFERENCES | change)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == change.keys()


def test_a_language_of_which_we_have_no_name_stays(alice: User) -> None:
    User.objects.filter(id=alice.id).update(locale="tlh", timezone="Etc/GMT+5")
    browser = signed_in(alice)
    form = browser.get("/account/preferences").context["form"]
    browser.post(
        "/account/preferences", {name: form[name].value() for name in ("locale", "timezone", "theme")}
    )
    alice.refresh_from_db()
    assert (alice.locale, alice.timezone) == ("tlh", "Etc/GMT+5")


def test_every_zone_that_is_offered_exists() -> None:
    zones = [zone for _region, of_region in choices.time_zones()[1:] for zone, _name in of_region]
    assert len(zones) > 300
    assert all(ZoneInfo(zone) for zone in zones)
    assert ("zh-Hans", "简体中文") in choices.languages()
    assert ("de", "Deutsch") in choices.languages()


def test_the_theme_is_the_persons(alice: User) -> None:
    browser = signed_in(alice)
    assert "data-theme" not in browser.get("/account/profile").content.decode()
    browser.post("/account/preferences", {"theme": "dark"})
    html = browser.get("/account/profile").content.decode()
    assert 'data-theme="dark"' in html
    assert 'name="color-scheme" content="dark"' in html
    assert "data-theme" not in Client().get("/login").content.decode()


def test_times_are_shown_in_the_persons_zone_and_nobody_elses(alice: User, bob: User) -> None:
    User.objects.filter(id=alice.id).update(timezone="Asia/Kathmandu")
    for person in (alice, bob):
        signed_in(person).post("/account/profile", {"given_name": "Al"})
    html = signed_in(alice).get("/account/activity").content.decode()
    assert "+0545" in html
    assert "+0545" not in signed_in(bob).get("/account/activity").content.decode()
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_zone_that_is_gone_is_utc(alice: User) -> None:
    User.objects.filter(id=alice.id).update(timezone="Utopia/Harbour")
    assert signed_in(alice).get("/account/activity").status_code == 200
