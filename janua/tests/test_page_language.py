"""Who decides on the language of a page, in order; and what never speaks but English."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.browsers import signed_in

FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr-CH, fr;q=0.9"}
pytestmark = pytest.mark.django_db


def language_of(response: Any) -> str:
    lang: str = response.content.decode().partition('<html lang="')[2].partition('"')[0]
    return lang


def choose(client: Client, language: str, next_path: str = "/login") -> Any:
    return client.post("/language", {"language": language, "next": next_path})


def test_without_any_wish_a_page_is_english(client: Client) -> None:
    assert language_of(client.get("/login")) == "en"


def test_the_browsers_preference_counts_last(client: Client) -> None:
    response = client.get("/login", **FRENCH)
    assert "Se connecter" in response.content.decode()
    assert response["Content-Language"] == "fr"
    assert {"Accept-Language", "Cookie"} <= {part.strip() for part in response["Vary"].split(",")}


def test_the_account_counts_before_the_browsers_preference(alice: User) -> None:
    User.objects.update(locale="de-AT")
    assert language_of(signed_in(alice).get("/account", **FRENCH)) == "de"


def test_what_was_chosen_in_the_browser_counts_before_the_account(alice: User) -> None:
    User.objects.update(locale="de")
    browser = signed_in(alice)
    choose(browser, "ar")
    page = browser.get("/account", **FRENCH)
    assert language_of(page) == "ar"
    assert '<html lang="ar" dir="rtl">' in page.content.decode()


def test_the_apps_wish_counts_before_what_was_chosen(client: Client) -> None:
    choose(client, "ar")
    assert language_of(client.get("/login?ui_locales=se+pl+de")) == "pl"


def test_a_language_set_in_the_profile_ends_the_browsers_choice(alice: User) -> None:
    browser = signed_in(alice)
    choose(browser, "ar")
    browser.post("/account/preferences", {"locale": "nl", "timezone": "", "theme": "auto"})
    assert language_of(browser.get("/account")) == "nl"


def test_choosing_leads_back_to_the_page_without_the_apps_wish(client: Client) -> None:
    response = choose(client, "it", "/login?ui_locales=de&next=%2Faccount")
    assert (response.status_code, response["Location"]) == (303, "/login?next=%2Faccount")
    cookie = response.cookies["janua_language"]
    assert (cookie.value, cookie["samesite"], cookie["path"]) == ("it", "Lax", "/")
    assert cookie["httponly"]


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "/nowhere", ""]
)
def test_choosing_leads_to_no_other_site(client: Client, place: str) -> None:
    assert choose(client, "it", place)["Location"] == "/"


@pytest.mark.parametrize("language", ["", "se", "de-AT", "../de", "de\r\nSet-Cookie: x=y"])
def test_a_language_that_we_do_not_speak_is_not_kept(client: Client, language: str) -> None:
    assert "janua_language" not in choose(client, language).cookies


def test_a_choice_needs_the_form_of_our_own_page() -> None:
    assert choose(Client(enforce_csrf_checks=True), "de").status_code == 403


def test_a_refusal_before_any_view_speaks_the_language_too(client: Client) -> None:
    response = client.get("/login?x=%ff", **FRENCH)
    assert response.status_code == 400
    assert "L’adresse contient des caractères" in response.content.decode()


def test_the_sentences_of_services_speak_it(client: Client) -> None:
    response = client.post("/login", {"email": "x@example.com", "password": "wrong"}, **FRENCH)
    assert "mot de passe n’est pas le bon" in response.content.decode()
    response = client.post("/signup", {"email": "x@example.com", "password": "short"}, **FRENCH)
    assert "Utilisez au moins" in response.content.decode()


def test_the_rest_api_is_english_whatever_is_asked_for(alice: User, client: Client) -> None:
    client.cookies["janua_language"] = "de"
    body = {"email": "alice@example.com", "password": f"not {PASSWORD}"}
    response = client.post("/api/v1/auth/login", body, content_type="application/json", **FRENCH)
    assert response.json()["detail"] == "The email address or the password is not right."
    assert "Accept-Language" not in response.get("Vary", "")
    assert "Content-Language" not in response


def test_a_page_leaves_no_language_behind_in_its_thread() -> None:
    """Threads serve one request after the other; Django's own middleware leaves the language with them."""

    def ask() -> tuple[str, str]:
        inside = language_of(Client().get("/login?ui_locales=de"))
        return inside, translation.get_language()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask).result() == ("de", "en")
