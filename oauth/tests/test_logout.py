"""/oauth/logout (OpenID Connect RP-Initiated Logout 1.0): at once with proof, else after asking."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Session, User
from accounts.tests.browsers import proven, signed_in
from audit.models import Event
from core import clock
from oauth.factories import register_client
from oauth.models import Client as ClientRow
from oauth.services import clients, id_tokens
from oauth.services import logout as logouts
from oauth.services.clients import Registered
from oauth.tests.flows import FORM, allow, answer_of, authorize, error_of, post, redeem

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
    body = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s"})
    anonymous = Client(enforce_csrf_checks=True)  # a cross-site POST brings no cookie
    response = anonymous.post(PATH, body, content_type=FORM)
    assert response.status_code == 303
    assert hint not in response["Location"]  # who posts keeps the token out of addresses and histories
    assert anonymous.get(response["Location"])["Location"] == BYE + "?state=s"
    assert browser.get(response["Location"])["Location"] == BYE + "?state=s"
    assert not is_signed_in(browser)


REFUSED: dict[str, dict[str, str]] = {
    "an unknown return address": {"client_id": "{id}", "post_logout_redirect_uri": "https://evil.example/"},
    "a redirect URI as return address": {
        "client_id": "{id}",
        "post_logout_redirect_uri": "https://app.example/callback",
    },
    **{
        f"a return address like {uri}": {"client_id": "{id}", "post_logout_redirect_uri": uri}
        for uri in (
            f"{BYE}/",
            f"{BYE}?foo=bar",
            f"{BYE}#top",
            "https://app.example/by",
            "https://app.example.evil.example/bye",
            "https://app.example@evil.example/bye",
            "HTTPS://app.example/bye",
            "//app.example/bye",
            "https://app.example/x/../bye",
            "https://app.example:443/bye",
        )
    },
    "a state without end": {"client_id": "{id}", "post_logout_redirect_uri": BYE, "state": "s" * 2049},
    "a return address of nobody": {"post_logout_redirect_uri": BYE},
    "a return address of an unknown client": {"client_id": "nobody", "post_logout_redirect_uri": BYE},
    "a hint that is no token": {"id_token_hint": "nonsense"},
    "a hint of another client": {"id_token_hint": "{hint}", "client_id": "another"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trusted_is_a_page_and_ends_nothing(
    browser: Client, acme: Registered, hint: str, case: str
) -> None:
    """S069."""
    facts = {"id": acme.client.client_id, "hint": hint}
    response = ask(browser, **{name: value.format(**facts) for name, value in REFUSED[case].items()})
    assert response.status_code == 400
    assert "Location" not in response
    assert is_signed_in(browser)


def test_a_doubled_parameter_is_refused(browser: Client, acme: Registered) -> None:
    assert browser.get(PATH, {"post_logout_redirect_uri": [BYE, BYE]}).status_code == 400


def test_who_is_signed_out_already_goes_on_with_a_hint(client: Client, hint: str) -> None:
    """The hint says which client it is; without one no stranger's link leads anywhere by itself (section 3)."""
    assert ask(client, id_token_hint=hint, post_logout_redirect_uri=BYE)["Location"] == BYE


def test_who_is_signed_out_already_is_offered_the_way_back(client: Client, acme: Registered) -> None:
    page = ask(client, client_id=acme.client.client_id, post_logout_redirect_uri=BYE, state="s")
    assert page.status_code == 200
    assert (page.context["app_name"], page.context["app_url"]) == ("Acme", BYE + "?state=s")
    assert 'href="https://app.example/bye?state=s"' in page.content.decode()
    assert "app_url" not in ask(client, client_id=acme.client.client_id).context


def test_a_yes_after_the_session_ended_elsewhere_still_leads_back(browser: Client, acme: Registered) -> None:
    question = ask(browser, client_id=acme.client.client_id, post_logout_redirect_uri=BYE)["Location"]
    Session.objects.update(ended_at=clock.now())
    assert browser.post(question)["Location"] == BYE


def test_a_picture_on_another_site_signs_nobody_out(browser: Client, acme: Registered) -> None:
    """S070: whatever a page of another site makes the browser GET, the person is asked first."""
    for parameters in ({}, {"state": "s"}, {"client_id": acme.client.client_id}, {"logout_hint": "alice"}):
        assert "/confirm?" in ask(browser, **parameters)["Location"]
        assert is_signed_in(browser)


def test_languages_and_a_login_name_may_come(browser: Client, hint: str) -> None:
    response = ask(browser, id_token_hint=hint, ui_locales="se de", logout_hint="alice@example.com")
    assert response.status_code == 200
    assert not is_signed_in(browser)


def test_a_hint_of_somebody_else_asks(bob: User, hint: str) -> None:
    other = signed_in(bob)
    question = ask(other, id_token_hint=hint, post_logout_redirect_uri=BYE)["Location"]
    assert is_signed_in(other)
    assert other.post(question)["Location"] == BYE
    assert not is_signed_in(other)


def _delete(*, actor: User, client: ClientRow, now: datetime) -> None:
    clients.delete(session=proven(actor), client=client, now=now)


@pytest.mark.parametrize("end", [clients.disable, _delete])
def test_a_client_that_is_gone_proves_nothing(
    olivia: User, browser: Client, acme: Registered, hint: str, end: Callable[..., None]
) -> None:
    end(actor=olivia, client=acme.client, now=clock.now())
    assert ask(browser, id_token_hint=hint, post_logout_redirect_uri=BYE).status_code == 400
    question = ask(browser, id_token_hint=hint)["Location"]
    assert is_signed_in(browser)
    assert browser.get(question).context["client_name"] == ""
    assert browser.post(question).status_code == 200
    assert not is_signed_in(browser)


def test_a_client_that_is_disabled_while_the_person_thinks_is_not_named(
    olivia: User, browser: Client, acme: Registered
) -> None:
    question = ask(browser, client_id=acme.client.client_id)["Location"]
    clients.disable(actor=olivia, client=acme.client, now=clock.now())
    assert browser.get(question).context["client_name"] == ""


def test_tokens_of_the_session_end_with_it(alice: User, browser: Client, acme: Registered) -> None:
    """Those of every client: access and refresh tokens, and codes that are on their way."""
    other = register_client(client_name="Other")
    tokens = redeem(acme, answer_of(allow(browser, authorize(browser, acme)))["code"]).json()
    theirs = redeem(other, answer_of(allow(browser, authorize(browser, other)))["code"]).json()
    waiting = answer_of(authorize(browser, other))["code"]
    ask(browser, id_token_hint=tokens["id_token"])
    for registered, each in ((acme, tokens), (other, theirs)):
        headers = {"Authorization": f"Bearer {each['access_token']}"}
        assert Client().get("/oauth/userinfo", headers=headers).status_code == 401
        refused = post(
            "/oauth/token", registered, grant_type="refresh_token", refresh_token=each["refresh_token"]
        )
        assert error_of(refused) == (400, "invalid_grant")
    assert error_of(redeem(other, waiting)) == (400, "invalid_grant")


class TestOtherClients:
    """Every client of the session is known."""

    @pytest.fixture(autouse=True)
    def _two_more(self, browser: Client, hint: str) -> None:
        for name in ("Zebra", "Bar"):
            registered = register_client(client_name=name)
            redeem(registered, answer_of(allow(browser, authorize(browser, registered)))["code"])

    def test_the_question_names_them(self, alice: User, browser: Client, acme: Registered) -> None:
        tokens_elsewhere = register_client(client_name="Elsewhere")
        elsewhere = signed_in(alice)
        redeem(tokens_elsewhere, answer_of(allow(elsewhere, authorize(elsewhere, tokens_elsewhere)))["code"])
        page = browser.get(ask(browser, client_id=acme.client.client_id)["Location"])
        assert page.context["other_apps"] == ["Bar", "Zebra"]
        assert "Zebra" in page.content.decode()

    def test_those_whose_tokens_are_dead_do_not_count(self, browser: Client) -> None:
        session = Session.objects.get()
        session.token_families.filter(client_id=_id_of("Bar")).update(revoked_at=clock.now())
        session.token_families.filter(client_id=_id_of("Zebra")).update(expires_at=clock.now())
        assert [each.name for each in logouts.clients_of(session, now=clock.now())] == ["Acme"]

    def test_the_trail_keeps_them(self, browser: Client, acme: Registered, hint: str) -> None:
        ask(browser, id_token_hint=hint)
        event = Event.objects.get(action="session.clients_signed_out")
        assert event.client_id == acme.client.client_id
        assert event.data["clients"] == [_id_of("Acme"), _id_of("Bar"), _id_of("Zebra")]

    def test_their_number_costs_nothing(
        self, alice: User, browser: Client, acme: Registered, django_assert_num_queries: Any
    ) -> None:
        question = ask(browser, client_id=acme.client.client_id)["Location"]
        with django_assert_num_queries(3):  # the session, the client, the others
            browser.get(question)


def _id_of(name: str) -> str:
    return str(ClientRow.objects.get(name=name).client_id)
