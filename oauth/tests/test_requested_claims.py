"""The claims parameter: claims asked for one by one (OpenID Connect Core section 5.5)."""

import json
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import Session, User
from accounts.tests.browsers import signed_in
from core import clock
from oauth.factories import register_client
from oauth.models import Consent
from oauth.services.clients import Registered
from oauth.tests.flows import allow, answer_of, authorize, is_waiting, post, tokens_for
from tokens.services import jwt

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client()


def asking(**places: Any) -> str:
    return json.dumps(places)


def userinfo(token: str) -> dict[str, Any]:
    body: dict[str, Any] = (
        Browser().get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}).json()
    )
    return body


def id_token_of(tokens: dict[str, Any]) -> dict[str, Any]:
    return jwt.verify(tokens["id_token"], jwt.ID_TOKEN_HINT, audiences=None, now=clock.now())


def test_userinfo_tells_what_was_asked_for_by_name(alice: User, acme: Registered) -> None:
    wish = asking(userinfo={"given_name": {"essential": True}, "unknown": None})
    tokens = tokens_for(alice, acme, scope="openid", claims=wish)
    assert userinfo(tokens["access_token"]) == {"sub": str(alice.id), "given_name": "Alice"}
    assert "given_name" not in id_token_of(tokens)


def test_a_refreshed_token_still_tells_it(alice: User, acme: Registered) -> None:
    tokens = tokens_for(alice, acme, scope="openid", claims=asking(userinfo={"given_name": None}))
    body = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert userinfo(body.json()["access_token"])["given_name"] == "Alice"


def test_the_id_token_tells_what_was_asked_for_there(alice: User, acme: Registered) -> None:
    tokens = tokens_for(
        alice, acme, scope="openid", claims=asking(id_token={"email": None, "auth_time": None})
    )
    assert id_token_of(tokens)["email"] == alice.email
    assert "email" not in userinfo(tokens["access_token"])


def test_the_person_is_asked_for_what_the_claims_belong_to(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    allow(browser, authorize(browser, acme, scope="openid"))
    again = authorize(browser, acme, scope="openid", claims=asking(userinfo={"email": None}))
    assert is_waiting(again)
    assert b"See your email address" in browser.get(again["Location"]).content
    allow(browser, again)
    assert Consent.objects.get().scopes == {"openid", "email"}


def test_a_client_is_told_nothing_beyond_its_registration(alice: User) -> None:
    modest = register_client(scope="openid")
    tokens = tokens_for(alice, modest, scope="openid", claims=asking(userinfo={"email": {"essential": True}}))
    assert userinfo(tokens["access_token"]) == {"sub": str(alice.id)}


@pytest.mark.parametrize(
    "claims",
    ["x", "[]", "1", '{"userinfo": []}', '{"userinfo": {"name": 1}}', '{"id_token": "x"}', '{"a": 1, "a": 2}',
     '{"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}}', "[" * 4000],
)  # fmt: skip
def test_a_malformed_one_is_invalid_request(alice: User, acme: Registered, claims: str) -> None:
    assert answer_of(authorize(signed_in(alice), acme, claims=claims))["error"] == "invalid_request"


def test_a_wanted_person_is_the_only_one_who_may_answer(alice: User, bob: User, acme: Registered) -> None:
    for browser, silent_error in ((signed_in(alice), "consent_required"), (signed_in(bob), "login_required")):
        wish = asking(id_token={"sub": {"value": str(alice.id)}})
        answer = answer_of(authorize(browser, acme, claims=wish, prompt="none"))
        assert answer["error"] == silent_error


def test_a_hint_means_one_person(alice: User, bob: User, acme: Registered) -> None:
    hint = tokens_for(alice, acme)["id_token"]
    assert "code" in answer_of(authorize(signed_in(alice), acme, prompt="none", id_token_hint=hint))
    silent = answer_of(authorize(signed_in(bob), acme, prompt="none", id_token_hint=hint))
    assert silent["error"] == "login_required"


def test_whoever_signs_in_instead_is_not_handed_over(alice: User, bob: User, acme: Registered) -> None:
    hint = tokens_for(alice, acme)["id_token"]
    browser = signed_in(bob)
    waiting = authorize(browser, acme, id_token_hint=hint)
    assert browser.get(waiting["Location"])["Location"].startswith("/login?")
    Session.objects.filter(user=bob).update(auth_time=clock.now())  # bob signs in afresh
    assert answer_of(browser.get(waiting["Location"]))["error"] == "login_required"


def test_a_hint_and_claims_that_mean_two_people_are_refused(alice: User, bob: User, acme: Registered) -> None:
    """OpenID Connect Core section 5.5.1: no ID token about another person than the claims parameter names."""
    hint = tokens_for(alice, acme)["id_token"]
    for person, answered in ((alice, "code"), (bob, "error")):
        claims = json.dumps({"id_token": {"sub": {"value": str(person.id)}}})
        answer = answer_of(authorize(signed_in(alice), acme, id_token_hint=hint, claims=claims))
        assert answered in answer


@pytest.mark.parametrize("hint", ["x", "a.b.c", "e30.e30.e30"])
def test_a_hint_that_is_not_ours_is_invalid_request(alice: User, acme: Registered, hint: str) -> None:
    assert answer_of(authorize(signed_in(alice), acme, id_token_hint=hint))["error"] == "invalid_request"


def test_another_clients_id_token_or_an_access_token_is_no_hint(alice: User, acme: Registered) -> None:
    tokens = tokens_for(alice, register_client())
    for hint in (tokens["id_token"], tokens["access_token"]):
        assert answer_of(authorize(signed_in(alice), acme, id_token_hint=hint))["error"] == "invalid_request"
