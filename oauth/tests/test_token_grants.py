"""POST /oauth/token: which grants there are, and which client may use which."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from oauth.factories import register_client
from oauth.services.clients import Registered
from oauth.tests.flows import code_for, error_of, post, redeem
from tokens.services import jwt

pytestmark = pytest.mark.django_db


def claims_of(response: Any) -> dict[str, Any]:
    token = response.json()["access_token"]
    return jwt.verify(token, jwt.ACCESS_TOKEN, audiences=None, now=clock.now())


@pytest.mark.parametrize("grant_type", ["password", "implicit", "nonsense", "CLIENT_CREDENTIALS"])
def test_any_other_grant_is_unsupported(grant_type: str) -> None:
    assert error_of(post("/oauth/token", register_client(), grant_type=grant_type)) == (
        400,
        "unsupported_grant_type",
    )


@pytest.mark.parametrize("form", [{}, {"grant_type": ""}])
def test_the_grant_type_must_be_there(form: dict[str, str]) -> None:
    assert error_of(post("/oauth/token", register_client(), **form)) == (400, "invalid_request")


def test_only_post_is_answered(client: Client) -> None:
    response = client.get("/oauth/token")
    assert response.status_code == 405
    assert response["Allow"] == "POST"


NOT_REGISTERED = [
    (["client_credentials"], {"grant_type": "authorization_code", "code": "x"}),
    (["client_credentials"], {"grant_type": "refresh_token", "refresh_token": "x"}),
    (["authorization_code"], {"grant_type": "refresh_token", "refresh_token": "x"}),
    (["authorization_code", "refresh_token"], {"grant_type": "client_credentials"}),
]


@pytest.mark.parametrize(("registered", "form"), NOT_REGISTERED)
def test_a_client_may_use_its_registered_grants_only(registered: list[str], form: dict[str, str]) -> None:
    client = register_client(grant_types=registered)
    assert error_of(post("/oauth/token", client, **form)) == (400, "unauthorized_client")


def test_a_client_acts_for_itself_with_its_own_scopes() -> None:
    machine = register_client(grant_types=["client_credentials"], scope="openid email reports jobs")
    response = post("/oauth/token", machine, grant_type="client_credentials")
    assert response.json().keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert response.json()["scope"] == "reports jobs"
    assert claims_of(response)["sub"] == machine.client.client_id
    narrow = post("/oauth/token", machine, grant_type="client_credentials", scope="jobs")
    assert narrow.json()["scope"] == "jobs"


def test_it_acts_for_no_organization() -> None:
    """Else it would take the token for one of the organization that it named."""
    machine = register_client(grant_types=["client_credentials"], scope="jobs")
    response = post("/oauth/token", machine, grant_type="client_credentials", organization="acme")
    assert error_of(response) == (400, "invalid_request")
    assert "API key of a service account" in response.json()["error_description"]


@pytest.mark.parametrize("scope", ["openid", "reports email", "everything", "reports everything"])
def test_it_may_ask_for_no_other_scope(scope: str) -> None:
    machine = register_client(grant_types=["client_credentials"], scope="openid email reports")
    response = post("/oauth/token", machine, grant_type="client_credentials", scope=scope)
    assert error_of(response) == (400, "invalid_scope")


@pytest.fixture
def acme() -> Registered:
    return register_client()


def refresh(registered: Registered, token: str, **more: str) -> Any:
    return post("/oauth/token", registered, grant_type="refresh_token", refresh_token=token, **more)


def test_a_refresh_gives_the_same_scope_and_a_new_token(alice: User, acme: Registered) -> None:
    first = redeem(acme, code_for(alice, acme)).json()
    second = refresh(acme, first["refresh_token"]).json()
    assert second["scope"] == first["scope"]
    assert second["refresh_token"] != first["refresh_token"]


def test_a_refresh_may_narrow_the_scope_for_this_once(alice: User, acme: Registered) -> None:
    """RFC 6749 section 6: the refresh token keeps what was granted."""
    first = redeem(acme, code_for(alice, acme, scope="openid email profile")).json()
    narrow = refresh(acme, first["refresh_token"], scope="email")
    assert narrow.json()["scope"] == claims_of(narrow)["scope"] == "email"
    assert "id_token" not in narrow.json()
    whole = refresh(acme, narrow.json()["refresh_token"])
    assert whole.json()["scope"] == "openid email profile"


def test_a_refresh_may_not_widen_the_scope_and_the_token_stays_good(alice: User, acme: Registered) -> None:
    first = redeem(acme, code_for(alice, acme, scope="openid")).json()
    assert error_of(refresh(acme, first["refresh_token"], scope="openid email")) == (400, "invalid_scope")
    assert refresh(acme, first["refresh_token"]).status_code == 200


def test_another_clients_refresh_token_is_refused_and_lives_on(alice: User, acme: Registered) -> None:
    first = redeem(acme, code_for(alice, acme)).json()
    assert error_of(refresh(register_client(), first["refresh_token"])) == (400, "invalid_grant")
    assert refresh(acme, first["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["nonsense", "jnu_rt_" + "x" * 43])
def test_what_is_no_refresh_token_is_refused(acme: Registered, token: str) -> None:
    assert error_of(refresh(acme, token)) == (400, "invalid_grant")


def test_a_missing_refresh_token_is_said_so(acme: Registered) -> None:
    assert error_of(refresh(acme, "")) == (400, "invalid_request")
