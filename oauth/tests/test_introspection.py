"""POST /oauth/introspect: a living token is described to its own client, and to nobody else (RFC 7662)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.services import sessions
from core import clock
from oauth.factories import register_client
from oauth.services import clients
from oauth.services.clients import Registered
from oauth.tests.flows import ISSUER, code_for, error_of, post, redeem, tokens_for
from tokens.models import TokenFamily
from tokens.services import access, refresh

pytestmark = pytest.mark.django_db
INACTIVE = {"active": False}


@pytest.fixture
def acme() -> Registered:
    return register_client()


def introspect(registered: Registered, token: str, **more: str) -> Any:
    response = post("/oauth/introspect", registered, token=token, **more)
    assert response["Cache-Control"] == "no-store"
    return response.json()


def test_an_access_token_is_described(alice: User, acme: Registered) -> None:
    found = introspect(acme, tokens_for(alice, acme)["access_token"])
    assert found["active"] is True
    expected = {
        "token_type": "Bearer",
        "iss": ISSUER,
        "sub": str(alice.id),
        "aud": ISSUER,
        "client_id": acme.client.client_id,
        "scope": "openid email",
        "username": alice.email,
    }
    assert expected.items() <= found.items()
    assert {"exp", "iat", "jti", "auth_time", "amr", "sid"} <= found.keys()
    assert "fid" not in found


def test_the_address_is_shown_with_the_email_scope_only(alice: User, acme: Registered) -> None:
    assert "username" not in introspect(acme, tokens_for(alice, acme, scope="openid")["access_token"])


def test_a_refresh_token_is_described(alice: User, acme: Registered) -> None:
    found = introspect(acme, tokens_for(alice, acme)["refresh_token"], token_type_hint="access_token")
    assert (found["active"], found["token_type"], found["sub"]) == (True, "refresh_token", str(alice.id))
    assert found["client_id"] == acme.client.client_id


def test_a_clients_own_token_is_described() -> None:
    machine = register_client(grant_types=["client_credentials"], scope="reports")
    token = post("/oauth/token", machine, grant_type="client_credentials").json()["access_token"]
    found = introspect(machine, token)
    assert (found["active"], found["sub"], found["scope"]) == (True, machine.client.client_id, "reports")


def test_other_clients_learn_nothing(alice: User, acme: Registered) -> None:
    tokens, other = tokens_for(alice, acme), register_client()
    assert introspect(other, tokens["access_token"]) == INACTIVE
    assert introspect(other, tokens["refresh_token"]) == INACTIVE


def test_the_audience_of_a_token_may_ask(alice: User, acme: Registered) -> None:
    """RFC 7662 section 4: a protected resource asks about the tokens it gets."""
    resource = register_client(grant_types=["client_credentials"])
    tokens_for(alice, acme)
    family = TokenFamily.objects.select_related("user", "session").get()
    family.audience = [resource.client.client_id]
    family.save()
    minted = access.mint_for_family(
        family, subject=str(alice.id), scope="openid", audience=family.audience, now=clock.now()
    )
    assert introspect(resource, minted.token)["active"] is True


def test_what_is_dead_is_inactive(alice: User, acme: Registered) -> None:
    used = tokens_for(alice, acme)["refresh_token"]
    post("/oauth/token", acme, grant_type="refresh_token", refresh_token=used)
    assert introspect(acme, used) == INACTIVE
    revoked = tokens_for(alice, acme)
    for family in TokenFamily.objects.all():
        refresh.revoke_family(family, reason="x", now=clock.now())
    assert introspect(acme, revoked["access_token"]) == introspect(acme, revoked["refresh_token"]) == INACTIVE


def test_an_ended_session_ends_both(alice: User, acme: Registered) -> None:
    tokens = tokens_for(alice, acme)
    sessions.end_all(alice, reason="signed_out", now=clock.now())
    assert introspect(acme, tokens["access_token"]) == introspect(acme, tokens["refresh_token"]) == INACTIVE


def test_a_suspended_person_ends_both(alice: User, acme: Registered) -> None:
    tokens = tokens_for(alice, acme)
    User.objects.filter(id=alice.id).update(status=User.Status.SUSPENDED)
    assert introspect(acme, tokens["access_token"]) == introspect(acme, tokens["refresh_token"]) == INACTIVE


def test_an_expired_token_is_inactive(alice: User, acme: Registered) -> None:
    tokens_for(alice, acme)
    family = TokenFamily.objects.select_related("user", "session").get()
    early = clock.now() - timedelta(minutes=15)
    minted = access.mint_for_family(
        family, subject=str(alice.id), scope="openid", audience=family.audience, now=early
    )
    assert introspect(acme, minted.token) == INACTIVE


def test_a_disabled_clients_token_is_inactive(olivia: User) -> None:
    machine = register_client(grant_types=["client_credentials"])
    token = access.mint_for_client(
        client_id=machine.client.client_id, audience=["resource"], scope="", now=clock.now()
    ).token
    clients.disable(actor=olivia, client=machine.client, now=clock.now())
    assert error_of(post("/oauth/introspect", machine, token=token)) == (401, "invalid_client")


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "jnu_rt_nonsense", "x" * 8000])
def test_anything_else_is_inactive(acme: Registered, token: str) -> None:
    assert introspect(acme, token) == INACTIVE


def test_the_token_must_be_there(acme: Registered) -> None:
    assert error_of(post("/oauth/introspect", acme)) == (400, "invalid_request")


def test_a_public_client_may_not_ask(alice: User) -> None:
    spa = register_client(token_endpoint_auth_method="none")
    token = redeem(spa, code_for(alice, spa)).json()["access_token"]
    assert error_of(post("/oauth/introspect", spa, token=token)) == (401, "invalid_client")
