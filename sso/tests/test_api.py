"""/api/v1/oauth: social login for apps that have no page of ours."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Identity, Session, User
from accounts.tests.mails import last_letter, wrong
from core import clock
from sso.models import SocialProvider
from tests.adversarial.tools import api_login, bearer
from tests.support.identity_providers.journeys import local, query_of, through
from tests.support.identity_providers.openid import OpenIDProvider

APP = "https://app.example/back"


@pytest.fixture(autouse=True)
def _an_app(janua_options: Callable[..., None]) -> None:
    janua_options(social_redirect_uris=(APP,))


def call(path: str, body: Any = None, *, token: str = "", method: str = "POST") -> Any:
    headers = bearer(token) if token else {}
    return Client(enforce_csrf_checks=True).generic(
        method, f"/api/v1/oauth/{path}", _json(body), content_type="application/json", **headers
    )


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def begin(path: str = "authorize/herbs", *, token: str = "") -> dict[str, Any]:
    response = call(path, {"redirect_uri": APP}, token=token)
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def at_the_app(begun: dict[str, Any]) -> dict[str, str]:
    """Through the provider and our callback, back to the app: what it is handed."""
    forwarded = Client().get(local(through(begun["authorization_url"])))
    assert forwarded.status_code == 302
    assert forwarded["Location"].startswith(f"{APP}?")
    return query_of(forwarded["Location"])


def test_the_providers_are_public(herbs: OpenIDProvider) -> None:
    response = call("providers", method="GET")
    assert response.json() == {"data": [{"slug": "herbs", "name": "Herbs", "kind": "openid"}]}


def test_a_login_from_begin_to_tokens(herbs: OpenIDProvider) -> None:
    begun = begin()
    assert begun["expires_in"] == 600
    answer = at_the_app(begun)
    assert answer["state"] == begun["state"]
    response = call("callback/herbs", {**answer, "binding": begun["binding"]})
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["user"]["email"], body["session"]["kind"]) == ("dora@example.com", "api")
    accounts = call("accounts", token=body["tokens"]["access_token"], method="GET").json()["data"]
    assert [(row["provider"], row["email"]) for row in accounts] == [("herbs", "dora@example.com")]
    again = call("callback/herbs", {**answer, "binding": begun["binding"]})
    assert (again.status_code, again.json()["reason"]) == (400, "invalid_state")


def test_s115_the_state_alone_is_not_enough(herbs: OpenIDProvider) -> None:
    begun, other = begin(), begin()
    answer = at_the_app(begun)
    for binding in (other["binding"], "x", begun["state"]):
        response = call("callback/herbs", {**answer, "binding": binding})
        assert (response.status_code, response.json()["code"]) == (400, "SSO_AUTHENTICATION_ERROR")
    assert not Session.objects.exists()


def test_only_named_addresses_are_led_back_to(herbs: OpenIDProvider) -> None:
    for uri in ("https://evil.example/", f"{APP}/", f"{APP}?x", "javascript:alert(1)", ""):
        response = call("authorize/herbs", {"redirect_uri": uri})
        assert response.status_code == 422, uri


def test_an_address_that_is_named_no_more_is_not_led_to(
    herbs: OpenIDProvider, janua_options: Callable[..., None]
) -> None:
    begun = begin()
    janua_options(social_redirect_uris=())
    assert Client().get(local(through(begun["authorization_url"]))).status_code == 404


def test_who_says_no_is_led_back_with_it(herbs: OpenIDProvider) -> None:
    begun = begin()
    back = Client().get("/sso/social/herbs/callback", {"state": begun["state"], "error": "access_denied"})
    answer = query_of(back["Location"])
    response = call("callback/herbs", {**answer, "binding": begun["binding"]})
    assert (response.status_code, response.json()["reason"]) == (400, "access_denied")


def test_an_address_is_proven_by_mail(herbs: OpenIDProvider, alice: User) -> None:
    herbs.claims = {"email": alice.email, "email_verified": False}
    begun = begin()
    needed = call("callback/herbs", {**at_the_app(begun), "binding": begun["binding"]}).json()
    assert needed["requires_email"] is True
    assert (needed["email"], needed["expires_in"]) == (alice.email, 3600)
    assert not Session.objects.exists()
    sent = call("email", {"handle": needed["handle"], "email": alice.email})
    assert sent.status_code == 202
    code = last_letter(alice.email).code
    refused = call("email/verify", {"handle": needed["handle"], "code": wrong(code)})
    assert (refused.status_code, refused.json()["reason"]) == (422, "invalid_code")
    body = call("email/verify", {"handle": needed["handle"], "code": code}).json()
    assert body["user"]["id"] == str(alice.id)
    gone = call("email/verify", {"handle": needed["handle"], "code": code})
    assert (gone.status_code, gone.json()["reason"]) == (422, "invalid_handle")


def test_the_mail_goes_out_alike_without_an_account(herbs: OpenIDProvider) -> None:
    herbs.claims = {"email_verified": False}
    begun = begin()
    needed = call("callback/herbs", {**at_the_app(begun), "binding": begun["binding"]}).json()
    assert call("email", {"handle": needed["handle"], "email": "nobody@example.com"}).status_code == 202
    assert call("email", {"handle": "x", "email": "nobody@example.com"}).status_code == 422


def test_linking_and_unlinking(herbs: OpenIDProvider, alice: User) -> None:
    token = api_login(Client(), alice)["access_token"]
    begun = begin("link/herbs", token=token)
    linked = call("link/herbs/callback", {**at_the_app(begun), "binding": begun["binding"]}, token=token)
    assert linked.status_code == 200, linked.content
    assert linked.json()["provider"] == "herbs"
    assert Identity.objects.get().user == alice
    gone = call(f"unlink/{linked.json()['id']}", token=token, method="DELETE")
    assert gone.status_code == 204
    assert call(f"unlink/{linked.json()['id']}", token=token, method="DELETE").status_code == 404


def test_a_link_is_finished_by_the_session_that_began_it(
    herbs: OpenIDProvider, alice: User, bob: User
) -> None:
    begun = begin("link/herbs", token=api_login(Client(), bob)["access_token"])
    answer = {**at_the_app(begun), "binding": begun["binding"]}
    as_login = call("callback/herbs", answer)
    assert as_login.status_code == 400
    response = call("link/herbs/callback", answer, token=api_login(Client(), alice)["access_token"])
    assert (response.status_code, response.json()["reason"]) == (400, "invalid_state")
    assert not Identity.objects.exists()


def test_both_ask_for_a_fresh_proof(herbs: OpenIDProvider, alice: User) -> None:
    token = api_login(Client(), alice)["access_token"]
    Session.objects.update(sudo_until=clock.now() - timedelta(seconds=1))
    identity = Identity.objects.create(
        user=alice,
        connection="c",
        subject="s",
        provider="herbs",
        created_at=clock.now(),
        last_used_at=clock.now(),
    )
    for response in (
        call("link/herbs", {"redirect_uri": APP}, token=token),
        call(f"unlink/{identity.id}", token=token, method="DELETE"),
    ):
        assert (response.status_code, response.json()["reason"]) == (401, "reauthentication_required")


def test_a_closed_sign_up_is_a_reason(herbs: OpenIDProvider) -> None:
    SocialProvider.objects.update(allows_sign_up=False)
    begun = begin()
    response = call("callback/herbs", {**at_the_app(begun), "binding": begun["binding"]})
    assert (response.status_code, response.json()["reason"]) == (401, "sign_up_closed")


def test_unknown_fields_and_providers_are_refused(herbs: OpenIDProvider) -> None:
    assert call("authorize/nobody", {"redirect_uri": APP}).status_code == 404
    assert call("authorize/herbs", {"redirect_uri": APP, "scope": "admin"}).status_code == 422
