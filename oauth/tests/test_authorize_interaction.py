"""What a person has to do before the code: sign in, freshly if asked for, and consent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import enter, signed_in
from audit.models import Event
from core import clock, limits
from oauth.factories import register_client
from oauth.models import AuthorizationCode, AuthorizationRequest, Consent
from oauth.models import Client as OAuthClient
from oauth.services import clients, consents
from oauth.services.clients import Registered
from oauth.tests.flows import ISSUER, allow, answer_of, authorize, is_waiting, request_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client()


def consented(user: User, registered: Registered, scope: str = "openid email") -> None:
    consents.grant(user, registered.client, scope.split(), now=clock.now())


def hours_ago(hours: int) -> Any:
    return clock.now() - timedelta(hours=hours)


def test_an_anonymous_person_signs_in_and_goes_on(acme: Registered, client: Client) -> None:
    waiting = authorize(client, acme)
    assert is_waiting(waiting)
    response = client.get(waiting["Location"])
    assert response.status_code == 302
    assert response["Location"] == f"/login?next={waiting['Location'].replace('/', '%2F')}"


def test_the_sign_in_names_the_client_and_hints_the_address(acme: Registered, client: Client) -> None:
    waiting = authorize(client, acme, login_hint="alice@example.com")
    page = client.get(client.get(waiting["Location"])["Location"])
    assert page.context["destination"].name == "Acme"
    assert page.context["form"].initial["email"] == "alice@example.com"
    assert "form-action 'self' https://app.example" in page["Content-Security-Policy"]


def test_who_has_consented_gets_the_code_at_once(alice: User, acme: Registered) -> None:
    consented(alice, acme)
    answer = answer_of(authorize(signed_in(alice), acme))
    assert answer.keys() == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("the state", ISSUER)
    assert not AuthorizationRequest.objects.exists()


@pytest.mark.parametrize(("has_session", "error"), [(False, "login_required"), (True, "consent_required")])
def test_prompt_none_never_shows_a_page(alice: User, acme: Registered, has_session: bool, error: str) -> None:
    """OpenID Connect Core section 3.1.2.6."""
    browser = signed_in(alice) if has_session else Client()
    answer = answer_of(authorize(browser, acme, prompt="none"))
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "the state", ISSUER)


def test_prompt_none_gives_the_code_to_who_consented(alice: User, acme: Registered) -> None:
    consented(alice, acme)
    assert "code" in answer_of(authorize(signed_in(alice), acme, prompt="none"))


@pytest.mark.parametrize("prompt", ["login", "login consent", "login select_account"])
def test_an_old_proof_does_not_do_for_a_fresh_one(alice: User, acme: Registered, prompt: str) -> None:
    consented(alice, acme)
    browser = signed_in(alice)
    waiting = authorize(browser, acme, prompt=prompt)
    assert browser.get(waiting["Location"])["Location"].startswith("/login?next=")
    enter(browser, alice)
    response = browser.get(waiting["Location"])
    if "consent" in prompt:
        response = browser.post(waiting["Location"], {"decision": "allow"})
    assert "code" in answer_of(response)


def test_who_is_asked_for_a_fresh_proof_sees_the_sign_in_form(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    waiting = authorize(browser, acme, prompt="login")
    page = browser.get(browser.get(waiting["Location"])["Location"])
    assert page.status_code == 200
    assert "password" in page.context["form"].fields


def test_prompt_consent_asks_again(alice: User, acme: Registered) -> None:
    consented(alice, acme)
    browser = signed_in(alice)
    waiting = authorize(browser, acme, prompt="consent")
    assert browser.get(waiting["Location"]).status_code == 200
    assert "code" in answer_of(allow(browser, waiting))


@pytest.mark.parametrize(("max_age", "is_fresh"), [("7200", True), ("1800", False), ("0", False)])
def test_max_age_bounds_the_age_of_the_proof(
    alice: User, acme: Registered, max_age: str, is_fresh: bool
) -> None:
    consented(alice, acme)
    browser = signed_in(alice, auth_time=hours_ago(1))
    assert ("code=" in authorize(browser, acme, max_age=max_age)["Location"]) is is_fresh
    silent = answer_of(authorize(browser, acme, max_age=max_age, prompt="none"))
    assert ("code" in silent) is is_fresh
    assert is_fresh or silent["error"] == "login_required"


def test_allowing_is_remembered(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    assert "code" in answer_of(allow(browser, authorize(browser, acme)))
    assert "code" in answer_of(authorize(browser, acme))
    assert Consent.objects.get().scopes == {"openid", "email"}
    assert Event.objects.filter(action="consent.granted").count() == 1


def test_more_scope_asks_again_and_adds_up(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    allow(browser, authorize(browser, acme, scope="openid email"))
    allow(browser, authorize(browser, acme, scope="openid profile"))
    assert Consent.objects.get().scopes == {"openid", "email", "profile"}
    assert "code" in answer_of(authorize(browser, acme, scope="openid"))


def test_one_persons_consent_is_nobody_elses(alice: User, bob: User, acme: Registered) -> None:
    consented(alice, acme)
    assert is_waiting(authorize(signed_in(bob), acme))


@pytest.mark.parametrize("uri", ["http://127.0.0.1/cb", "com.example.app:/cb"])
def test_a_public_client_that_anybody_may_play_is_asked_for_each_time(alice: User, uri: str) -> None:
    """RFC 8252 section 8.6."""
    native = register_client(redirect_uris=[uri], token_endpoint_auth_method="none")
    consented(alice, native)
    assert is_waiting(authorize(signed_in(alice), native, redirect_uri=uri))


def test_a_public_client_on_its_own_https_address_is_remembered(alice: User) -> None:
    spa = register_client(token_endpoint_auth_method="none")
    consented(alice, spa)
    assert "code" in answer_of(authorize(signed_in(alice), spa))


def test_an_operators_own_client_asks_nobody(alice: User, acme: Registered) -> None:
    OAuthClient.objects.update(skip_authorization=True)
    assert "code" in answer_of(authorize(signed_in(alice), acme))


@pytest.mark.parametrize("decision", ["deny", "", "Allow"])
def test_anything_but_allow_is_no(alice: User, acme: Registered, decision: str) -> None:
    browser = signed_in(alice)
    answer = answer_of(allow(browser, authorize(browser, acme), decision))
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "the state", ISSUER)
    assert not Consent.objects.exists()
    assert not AuthorizationCode.objects.exists()
    assert Event.objects.filter(action="consent.denied", result="denied").count() == 1


def test_the_consent_page_says_who_asks_for_what(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    page = browser.get(authorize(browser, acme)["Location"])
    assert page.context["client"]["name"] == "Acme"
    assert page.context["redirect_host"] == "app.example"
    assert page.context["user_email"] == alice.email
    assert [scope for scope, _words in page.context["scopes"]] == ["openid", "email"]


def test_a_consent_from_another_site_is_not_taken(alice: User, acme: Registered) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)
    waiting = authorize(browser, acme)
    assert browser.post(waiting["Location"], {"decision": "allow"}).status_code == 403
    assert not Consent.objects.exists()


def test_a_posted_request_goes_round_by_a_get(alice: User, acme: Registered) -> None:
    """A cross-site POST brings no SameSite=Lax cookie (OpenID Connect Core section 3.1.2.1 allows POST)."""
    consented(alice, acme)
    browser = signed_in(alice, enforce_csrf_checks=True)
    waiting = browser.post("/oauth/authorize", request_of(acme))
    assert is_waiting(waiting)
    assert "code" in answer_of(browser.get(waiting["Location"]))


def test_a_posted_silent_request_is_answered_silently(acme: Registered, client: Client) -> None:
    waiting = client.post("/oauth/authorize", request_of(acme, prompt="none"))
    assert answer_of(client.get(waiting["Location"]))["error"] == "login_required"


def test_a_nul_in_another_kind_of_body_goes_back_to_the_client(acme: Registered, client: Client) -> None:
    """No database stores it, and core.middleware looks into forms only."""
    response = client.post("/oauth/authorize", {**request_of(acme), "state": "a\0b"})  # multipart
    assert answer_of(response)["error"] == "invalid_request"
    assert client.post("/oauth/authorize", request_of(acme, client_id="a\0b")).status_code == 400


def test_a_request_waits_for_half_an_hour(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    waiting = authorize(browser, acme)
    AuthorizationRequest.objects.update(expires_at=clock.now())
    response = browser.get(waiting["Location"])
    assert response.status_code == 400
    assert "Location" not in response


def test_a_request_that_never_was_is_a_page(alice: User) -> None:
    assert signed_in(alice).get(f"/oauth/authorize/{uuid4()}").status_code == 400


def test_a_client_that_was_disabled_meanwhile_gets_nothing(
    alice: User, olivia: User, acme: Registered
) -> None:
    browser = signed_in(alice)
    waiting = authorize(browser, acme)
    clients.disable(actor=olivia, client=acme.client, now=clock.now())
    assert allow(browser, waiting).status_code == 400


def test_a_double_click_gets_an_answer_too(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    waiting = authorize(browser, acme)
    first, second = (answer_of(allow(browser, waiting)) for _ in range(2))
    assert first["code"] != second["code"]
    assert Consent.objects.count() == 1


def test_a_network_cannot_fill_the_table_of_waiting_requests(
    acme: Registered, janua_options: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    janua_options(rate_limits="on")
    monkeypatch.setattr(limits, "AUTHORIZE_IP", replace(limits.AUTHORIZE_IP, count=2))
    answers = [authorize(Client(), acme) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert AuthorizationRequest.objects.count() == 2
