"""/oauth/logout (OpenID Connect RP-Initiated Logout 1.0): at once with proof, else after asking."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Session, User
from accounts.tests.browsers import signed_in
from core import clock
from oauth.factories import register_client
from oauth.services import id_tokens
from oauth.services.clients import Registered
from oauth.tests.flows import FORM, allow, answer_of, authorize, redeem

pytestmark = pytest.mark.django_db
PATH = "/oauth/logout"
BYE = "https://app.example/bye"


@pytest.fixture
def acme() -> Registered:
    return register_client(post_logout_redirect_uris=[BYE])


@pytest.fixture
def browser(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def hint(browser: Client, acme: Registered) -> str:
    """The ID token that acme got for this browser's session."""
    code = answer_of(allow(browser, authorize(browser, acme)))["code"]
    return str(redeem(acme, code).json()["id_token"])


def is_signed_in(browser: Client) -> bool:
    return bool(browser.get("/account").status_code == 200)


def ask(browser: Client, **parameters: str) -> Any:
    return browser.get(PATH, parameters)


def test_a_hint_of_this_session_ends_it_at_once(browser: Client, hint: str) -> None:
    response = ask(browser, id_token_hint=hint, post_logout_redirect_uri=BYE, state="x&y=1")
    assert (response.status_code, response["Location"]) == (303, BYE + "?state=x%26y%3D1")
    assert response.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert not is_signed_in(browser)
    assert Session.objects.exclude(ended_at=None).count() == 1


def test_without_a_return_address_our_own_page_follows(browser: Client, hint: str) -> None:
    response = ask(browser, id_token_hint=hint)
    assert response.status_code == 200
    assert "login/signed_out.html" in [template.name for template in response.templates]
    assert not is_signed_in(browser)


def test_an_expired_hint_still_proves_the_session(hint: str) -> None:
    """Section 2: the OP should accept ID tokens whose exp has passed."""
    assert id_tokens.read_hint(hint, now=clock.now() + timedelta(hours=2)) is not None


def test_without_a_hint_the_person_is_asked(browser: Client, acme: Registered) -> None:
    response = ask(browser, client_id=acme.client.client_id, post_logout_redirect_uri=BYE, state="s")
    assert response.status_code == 303
    assert response["Location"].startswith("/oauth/logout/confirm?request=")
    assert is_signed_in(browser)
    page = browser.get(response["Location"])
    assert page.context["client_name"] == "Acme"
    assert "form-action 'self' https://app.example" in page["Content-Security-Policy"]
    confirmed = browser.post(response["Location"])
    assert (confirmed.status_code, confirmed["Location"]) == (303, BYE + "?state=s")
    assert not is_signed_in(browser)


def test_a_hint_of_another_session_asks_too(alice: User, browser: Client, hint: str) -> None:
    other = signed_in(alice)
    assert "/confirm?" in ask(other, id_token_hint=hint)["Location"]
    assert is_signed_in(other)


def test_the_question_is_answered_by_our_own_form_only(alice: User, acme: Registered) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)
    question = ask(browser, client_id=acme.client.client_id)["Location"]
    assert browser.post(question).status_code == 403
    assert is_signed_in(browser)


def test_a_question_that_was_not_ours_is_refused(browser: Client) -> None:
    assert browser.get("/oauth/logout/confirm?request=forged").status_code == 400
    assert browser.post("/oauth/logout/confirm").status_code == 400


def test_a_posted_request_goes_round_by_a_get(alice: User, browser: Client, hint: str) -> None:
    body = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": BYE})
    anonymous = Client(enforce_csrf_checks=True)  # a cross-site POST brings no cookie
    response = anonymous.post(PATH, body, content_type=FORM)
    assert response.status_code == 303
    assert browser.get(response["Location"])["Location"] == BYE
    assert not is_signed_in(browser)


REFUSED: dict[str, dict[str, str]] = {
    "an unknown return address": {"client_id": "{id}", "post_logout_redirect_uri": "https://evil.example/"},
    "a redirect URI as return address": {
        "client_id": "{id}",
        "post_logout_redirect_uri": "https://app.example/callback",
    },
    "a return address with more path": {"client_id": "{id}", "post_logout_redirect_uri": BYE + "/"},
    "a return address of nobody": {"post_logout_redirect_uri": BYE},
    "a return address of an unknown client": {"client_id": "nobody", "post_logout_redirect_uri": BYE},
    "a hint that is no token": {"id_token_hint": "nonsense"},
    "a hint of another client": {"id_token_hint": "{hint}", "client_id": "another"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trusted_is_a_page_and_ends_nothing(
    browser: Client, acme: Registered, hint: str, case: str
) -> None:
    facts = {"id": acme.client.client_id, "hint": hint}
    response = ask(browser, **{name: value.format(**facts) for name, value in REFUSED[case].items()})
    assert response.status_code == 400
    assert "Location" not in response
    assert is_signed_in(browser)


def test_a_doubled_parameter_is_refused(browser: Client, acme: Registered) -> None:
    assert browser.get(PATH, {"post_logout_redirect_uri": [BYE, BYE]}).status_code == 400


def test_who_is_signed_out_already_goes_on(client: Client, acme: Registered) -> None:
    response = ask(client, client_id=acme.client.client_id, post_logout_redirect_uri=BYE)
    assert response["Location"] == BYE
    assert ask(client).status_code == 200


def test_tokens_of_the_session_end_with_it(alice: User, browser: Client, acme: Registered) -> None:
    code = answer_of(allow(browser, authorize(browser, acme)))["code"]
    tokens = redeem(acme, code).json()
    ask(browser, id_token_hint=tokens["id_token"])
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert Client().get("/oauth/userinfo", headers=headers).status_code == 401
