"""`ui_locales` (OpenID Connect Core section 3.1.2.1): the pages on the way speak the language the app asks for."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from core.languages import WISH_COOKIE
from oauth.factories import register_client
from oauth.services.clients import Registered
from oauth.tests.flows import allow, answer_of, authorize, is_waiting, request_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client()


def test_the_wish_is_carried_over_the_pages_until_the_code(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    waiting = authorize(browser, acme, ui_locales="tlh pt-PT de")
    assert is_waiting(waiting)
    assert '<html lang="pt-br"' in browser.get(waiting["Location"]).content.decode()
    assert '<html lang="pt-br"' in browser.get("/account").content.decode()
    assert "code" in answer_of(allow(browser, waiting))
    assert '<html lang="en"' in browser.get("/account").content.decode()


def test_a_posted_request_carries_it_too(client: Client, acme: Registered) -> None:
    response = client.post("/oauth/authorize", request_of(acme, ui_locales="de"))
    cookie = response.cookies[WISH_COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("de", 1800, "Lax")
    assert "Bei Acme anmelden" in client.get(response["Location"], follow=True).content.decode()


@pytest.mark.parametrize("ui_locales", ["se", "", "../../de", "x" * 3000])
def test_what_we_do_not_speak_changes_nothing(client: Client, acme: Registered, ui_locales: str) -> None:
    response = authorize(client, acme, ui_locales=ui_locales)
    assert is_waiting(response)
    assert WISH_COOKIE not in response.cookies


def test_the_person_may_choose_another_on_the_way(client: Client, acme: Registered) -> None:
    waiting = authorize(client, acme, ui_locales="de")
    client.post("/language", {"language": "it", "next": waiting["Location"]})
    assert "Accedi" in client.get(waiting["Location"], follow=True).content.decode()


def test_the_question_before_a_sign_out_speaks_it(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    question = browser.get("/oauth/logout", {"client_id": acme.client.client_id, "ui_locales": "fr"})
    assert "Se déconnecter" in browser.get(question["Location"]).content.decode()
