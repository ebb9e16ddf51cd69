"""/account: one's own profile, password and sessions, in a browser."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts import passwords
from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.tests.browsers import enter, signed_in

NEW = "copper-lantern-meadow-31"
NO_SESSION = "3f0f3b0e-0000-4000-8000-000000000001"
PAGES = ["/account", "/account/profile", "/account/password", "/account/sessions"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_the_person(alice: User, path: str) -> None:
    response = signed_in(alice).get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_gets_in_and_comes_back_after_signing_in(db: None, client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/login?next={path.replace('/', '%2F')}"


def test_the_overview_checks_up(alice: User) -> None:
    checkup = signed_in(alice).get("/account").context["checkup"]
    assert [is_well for is_well, _sentence, _url in checkup] == [True, True]
    User.objects.filter(id=alice.id).update(given_name="")
    checkup = signed_in(alice).get("/account").context["checkup"]
    assert [is_well for is_well, _sentence, _url in checkup] == [True, False]


def test_the_profile_is_saved(alice: User) -> None:
    form = {
        "given_name": "Alicia",
        "timezone": "Europe/Berlin",
        "locale": "de",
    }
    response = signed_in(alice).post("/account/profile", form)
    assert (response.status_code, response["Location"]) == (303, "/account/profile")
    alice.refresh_from_db()
    assert (alice.given_name, alice.timezone) == ("Alicia", "Europe/Berlin")


@pytest.mark.parametrize(
    "form",
    [
        {"timezone": "Mars/Base"},
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


def test_the_password_is_changed_and_this_browser_stays(alice: User) -> None:
    here, there = signed_in(alice), signed_in(alice)
    response = here.post("/account/password", {"current_password": PASSWORD, "new_password": NEW})
    assert response.status_code == 303
    assert passwords.is_correct(NEW, User.objects.get(id=alice.id).password)
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", NEW, "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "", "new_password"),
        (PASSWORD, "x" * 9000, "new_password"),
    ],
)
def test_a_refused_password_is_told_on_its_field(alice: User, current: str, new: str, field: str) -> None:
    response = signed_in(alice).post("/account/password", {"current_password": current, "new_password": new})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert passwords.is_correct(PASSWORD, User.objects.get(id=alice.id).password)


def test_too_many_guesses_are_429(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    browser = signed_in(alice)
    guesses = [
        browser.post("/account/password", {"current_password": "wrong", "new_password": NEW}).status_code
        for _ in range(11)
    ]
    assert guesses == [422] * 10 + [429]


def test_the_list_of_sessions_shows_this_one_first(alice: User, bob: User) -> None:
    signed_in(bob)
    browser = signed_in(alice)
    signed_in(alice)
    shown = browser.get("/account/sessions").context["sessions"]
    assert [session.is_current for session in shown] == [True, False]


def test_one_session_is_ended(alice: User) -> None:
    here, other = Client(), Client()
    enter(here, alice)
    there = enter(other, alice)
    response = here.post("/account/sessions", {"session_id": str(there.id)})
    assert (response.status_code, response["Location"]) == (303, "/account/sessions")
    assert other.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_ending_this_session_leads_to_the_sign_in_without_cookie(alice: User) -> None:
    browser = Client()
    session = enter(browser, alice)
    response = browser.post("/account/sessions", {"session_id": str(session.id)})
    assert response["Location"] == "/login"
    assert response.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert browser.get("/account").status_code == 302


def test_all_others_are_ended(alice: User) -> None:
    here, there = signed_in(alice), signed_in(alice)
    here.post("/account/sessions", {"all_others": "1"})
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_another_persons_session_cannot_be_ended(alice: User, charlie: User) -> None:
    browser = Client()
    session = enter(browser, alice)
    signed_in(charlie).post("/account/sessions", {"session_id": str(session.id)})
    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize("session_id", ["", "nonsense", NO_SESSION])
def test_a_session_that_is_not_there_changes_nothing(alice: User, session_id: str) -> None:
    response = signed_in(alice).post("/account/sessions", {"session_id": session_id})
    assert response.status_code == 303
    assert not Session.objects.exclude(ended_at=None).exists()


@pytest.mark.parametrize("path", ["/account/profile", "/account/password", "/account/sessions"])
def test_forms_without_our_token_do_nothing(alice: User, path: str) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)
    assert browser.post(path, {"all_others": "1", "given_name": "Mallory"}).status_code == 403
    alice.refresh_from_db()
    assert alice.given_name == "Alice"
