"""Introspection answered as a signed JWT to who asks for one (RFC 9701)."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from core.errors import TokenInvalid
from oauth.factories import register_client
from oauth.services.clients import Registered
from oauth.tests.flows import ISSUER, error_of, post, tokens_for
from tokens.services import jwt

pytestmark = pytest.mark.django_db
PATH = "/oauth/introspect"
SIGNED = "application/token-introspection+jwt"
ANSWER = jwt.Profile(
    typ="token-introspection+jwt", required=frozenset({"iss", "aud", "iat"}), may_be_expired=True
)  # it has no `exp`: RFC 9701 section 5


@pytest.fixture
def acme() -> Registered:
    return register_client()


def read(raw: str) -> dict[str, Any]:
    """Its claims. (That others can verify it too is seen in tests/journeys/test_devices.py.)"""
    return jwt.verify(raw, ANSWER, audiences=None, now=clock.now())


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_it_is_the_plain_answer_signed_for_the_client_that_asks(
    alice: User, acme: Registered, kind: str
) -> None:
    token = tokens_for(alice, acme)[kind]
    plain, response = post(PATH, acme, token=token).json(), post(PATH, acme, token=token, accept=SIGNED)
    assert (response.status_code, response["Content-Type"]) == (200, SIGNED)
    assert response["Cache-Control"] == "no-store"
    claims = read(response.content.decode())
    assert claims.keys() == {"iss", "aud", "iat", "token_introspection"}
    assert (claims["iss"], claims["aud"]) == (ISSUER, acme.client.client_id)
    assert 0 <= clock.now().timestamp() - claims["iat"] < 60
    assert claims["token_introspection"] == plain
    assert plain["active"] is True


def test_s062_what_is_not_the_clients_is_inactive_signed_or_not(alice: User, acme: Registered) -> None:
    token, rival = tokens_for(alice, acme)["access_token"], register_client()
    claims = read(post(PATH, rival, token=token, accept=SIGNED).content.decode())
    assert claims["aud"] == rival.client.client_id
    assert claims["token_introspection"] == {"active": False}


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "application/json", f"application/json, {SIGNED};q=0.5"]
)
def test_json_is_the_rule(alice: User, acme: Registered, accept: str) -> None:
    response = post(PATH, acme, token=tokens_for(alice, acme)["access_token"], accept=accept)
    assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "accept", [SIGNED, SIGNED.title(), f"{SIGNED}, */*;q=0.1", f"application/json;q=0.5, {SIGNED}"]
)
def test_whoever_prefers_it_signed_gets_it_so(acme: Registered, accept: str) -> None:
    assert post(PATH, acme, token="nonsense", accept=accept)["Content-Type"] == SIGNED


def test_it_is_signed_by_the_algorithm_of_the_house(acme: Registered, janua_options: Any) -> None:
    janua_options(jwt_algorithm="ES256")
    raw = post(PATH, acme, token="nonsense", accept=SIGNED).content.decode()
    assert json.loads(urlsafe_b64decode(raw.partition(".")[0] + "=="))["alg"] == "ES256"


def test_an_answer_passes_for_no_token(alice: User, acme: Registered) -> None:
    """RFC 9701 section 8.1: its type keeps it apart from the access token that it speaks of."""
    token = tokens_for(alice, acme)["access_token"]
    raw = post(PATH, acme, token=token, accept=SIGNED).content.decode()
    for profile in (jwt.ACCESS_TOKEN, jwt.ID_TOKEN_HINT):
        with pytest.raises(TokenInvalid):
            jwt.verify(raw, profile, audiences=None, now=clock.now())
    assert Client().get("/oauth/userinfo", headers={"Authorization": f"Bearer {raw}"}).status_code == 401
    assert post(PATH, acme, token=raw).json() == {"active": False}


def test_refusals_are_plain_json(acme: Registered) -> None:
    assert error_of(post(PATH, acme, accept=SIGNED)) == (400, "invalid_request")


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "id_token", "nonsense"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_wrong_hint_is_ignored(alice: User, acme: Registered, kind: str, hint: str) -> None:
    """RFC 7662 section 2.1, RFC 7009 section 2.1: the hint only speeds up the search."""
    token = tokens_for(alice, acme)[kind]
    assert post(PATH, acme, token=token, token_type_hint=hint).json()["active"] is True
    assert post("/oauth/revoke", acme, token=token, token_type_hint=hint).status_code == 200
    assert post(PATH, acme, token=token).json() == {"active": False}
