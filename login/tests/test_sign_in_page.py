"""/login and /logout: a cookie for the right password, the way on, and nothing for anybody else."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.tests.browsers import enter, signed_in


def sign_in(client: Client, email: str = "alice@example.com", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/login", {"email": email, "password": password, **more})


def test_the_right_password_gives_a_session_cookie(alice: User, client: Client) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (303, "/account")
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["max-age"]) == ("Lax", "/", "")
    assert client.get("/account").status_code == 200


def test_who_wants_to_be_kept_gets_a_cookie_that_lasts(alice: User, client: Client) -> None:
    cookie = sign_in(client, keep="on").cookies[settings.SESSION_COOKIE_NAME]
    assert 30 * 86400 - 60 < int(cookie["max-age"]) <= 30 * 86400


@pytest.mark.parametrize(
    ("email", "password"), [("alice@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("x", "y")]
)
def test_a_refusal_is_one_sentence_and_no_cookie(
    alice: User, client: Client, email: str, password: str
) -> None:
    response = sign_in(client, email, password)
    assert response.status_code == 401
    assert response.context["form"].non_field_errors() == ["The email address or the password is not right."]
    assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert password not in response.content.decode() or len(password) < 5


def test_an_empty_form_is_422(db: None, client: Client) -> None:
    response = sign_in(client, "", "")
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"email", "password"}


def test_too_many_wrong_passwords_are_429(alice: User, client: Client, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for _ in range(10):
        sign_in(client, password="wrong")
    response = sign_in(client)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_the_way_on_is_kept(alice: User, client: Client) -> None:
    page = client.get("/login?next=/account/profile%3Fa%3D1")
    assert page.context["form"].initial["next"] == "/account/profile?a=1"
    assert "next=%2Faccount%2Fprofile" in page.context["signup_url"]
    assert sign_in(client, next="/account/profile?a=1")["Location"] == "/account/profile?a=1"


@pytest.mark.parametrize("next_path", ["https://evil.example/", "//evil.example", "/nowhere", "javascript:x"])
def test_a_foreign_way_on_is_forgotten(alice: User, client: Client, next_path: str) -> None:
    assert sign_in(client, next=next_path)["Location"] == "/account"


def test_who_is_signed_in_goes_straight_on(alice: User) -> None:
    browser = signed_in(alice)
    assert browser.get("/login")["Location"] == "/account"
    assert browser.get("/login?next=/account/profile")["Location"] == "/account/profile"


def test_the_session_before_ends_where_it_is_the_same_persons(alice: User, bob: User, client: Client) -> None:
    before = enter(client, alice)
    sign_in(client)
    before.refresh_from_db()
    assert before.ended_at is not None
    enter(client, bob)
    sign_in(client)
    assert Session.objects.filter(user=bob, ended_at=None).exists(), "it waits: login.pages.browser_accounts"


def test_the_home_page_leads_on(alice: User, client: Client) -> None:
    assert client.get("/")["Location"] == "/login"
    assert signed_in(alice).get("/")["Location"] == "/account"


def test_a_form_without_our_token_is_refused(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert sign_in(browser).status_code == 403
    token = browser.get("/login").context["csrf_token"]
    assert sign_in(browser, csrfmiddlewaretoken=str(token)).status_code == 303


def test_signing_out_asks_first(alice: User) -> None:
    browser = signed_in(alice)
    page = browser.get("/logout")
    assert (page.status_code, page.context["user_email"]) == (200, alice.email)
    assert browser.get("/account").status_code == 200


def test_signing_out_ends_the_session_and_the_cookie(alice: User) -> None:
    browser = signed_in(alice)
    response = browser.post("/logout")
    assert response.status_code == 200
    assert response.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert Session.objects.get().ended_at is not None
    assert browser.get("/account").status_code == 302


def test_who_is_signed_out_already_is_led_to_the_sign_in(db: None, client: Client) -> None:
    assert client.get("/logout")["Location"] == "/login"
    assert client.post("/logout").status_code == 200
