"""POST /oauth/revoke: a client ends its own tokens; the answer is 200 whatever the token was (RFC 7009)."""

from typing import Any

import pytest

from accounts.models import User
from oauth.factories import register_client
from oauth.services.clients import Registered
from oauth.tests.flows import error_of, post, tokens_for
from tokens.models import RevokedAccessToken, TokenFamily

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client()


def revoke(registered: Registered, token: str, **more: str) -> None:
    response = post("/oauth/revoke", registered, token=token, **more)
    assert (response.status_code, response.content) == (200, b"")
    assert response["Cache-Control"] == "no-store"


def is_active(registered: Registered, token: str) -> bool:
    answer: Any = post("/oauth/introspect", registered, token=token).json()
    return bool(answer["active"])


def test_an_access_token_ends_alone(alice: User, acme: Registered) -> None:
    tokens = tokens_for(alice, acme)
    revoke(acme, tokens["access_token"])
    assert not is_active(acme, tokens["access_token"])
    assert is_active(acme, tokens["refresh_token"])


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "nonsense"])
def test_a_refresh_token_takes_its_family_along(alice: User, acme: Registered, hint: str) -> None:
    tokens = tokens_for(alice, acme)
    revoke(acme, tokens["refresh_token"], token_type_hint=hint)
    assert not is_active(acme, tokens["refresh_token"])
    assert not is_active(acme, tokens["access_token"])
    assert TokenFamily.objects.get().revoked_reason == "revoked_by_client"


def test_a_used_refresh_token_names_its_family_too(alice: User, acme: Registered) -> None:
    first = tokens_for(alice, acme)["refresh_token"]
    second = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=first).json()
    revoke(acme, first)
    assert not is_active(acme, second["refresh_token"])


def test_another_clients_tokens_stay(alice: User, acme: Registered) -> None:
    tokens, other = tokens_for(alice, acme), register_client()
    revoke(other, tokens["access_token"])
    revoke(other, tokens["refresh_token"])
    assert is_active(acme, tokens["access_token"])
    assert is_active(acme, tokens["refresh_token"])


def test_a_public_client_revokes_its_own(alice: User) -> None:
    spa = register_client(token_endpoint_auth_method="none")
    tokens = tokens_for(alice, spa)
    revoke(spa, tokens["access_token"])
    revoke(spa, tokens["refresh_token"])
    assert RevokedAccessToken.objects.count() == 1
    assert TokenFamily.objects.get().revoked_at


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "jnu_rt_nonsense", "x" * 8000])
def test_anything_else_is_200_too(acme: Registered, token: str) -> None:
    revoke(acme, token)


def test_twice_is_200_too(alice: User, acme: Registered) -> None:
    tokens = tokens_for(alice, acme)
    for _ in range(2):
        revoke(acme, tokens["access_token"])
        revoke(acme, tokens["refresh_token"])


def test_the_token_must_be_there_and_the_client_must_authenticate(acme: Registered) -> None:
    assert error_of(post("/oauth/revoke", acme)) == (400, "invalid_request")
    stranger = Registered(acme.client, "jnu_cs_" + "x" * 43)
    assert error_of(post("/oauth/revoke", stranger, token="x")) == (401, "invalid_client")
