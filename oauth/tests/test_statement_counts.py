"""How many SQL statements the busiest requests take, BEGIN and COMMIT (here: savepoints) included.

A number that grows is a finding; one that shrinks is a gift: write it down anew.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from oauth.factories import register_client
from oauth.services import client_settings, consents
from oauth.services.clients import Registered
from oauth.tests.device_flow import answer, begin, poll, register_tv
from oauth.tests.flows import authorize, code_for, post, redeem, tokens_for
from oauth.tests.organizations import SCOPE, name_permissions, register_app
from organizations.factories import join, make_organization
from organizations.models import Membership
from tokens.services import keys

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture(autouse=True)
def _alike_everywhere(db: None, janua_options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ring of keys is read once a second, not once a request; all limits are counted in the database."""
    janua_options(redis_url="")
    monkeypatch.setattr(keys, "RING_SECONDS", 3600.0)
    monkeypatch.setattr(client_settings, "SECONDS", 3600.0)
    keys.ring()


@pytest.fixture
def acme() -> Registered:
    return register_client()


@pytest.fixture
def takes(django_assert_num_queries: Any) -> Callable[..., Any]:
    """Do it, expect so many statements and a success (or one of `statuses`); the response."""

    def check(count: int, request: Callable[[], Any], *statuses: int) -> Any:
        with django_assert_num_queries(count):
            response = request()
        assert response.status_code in (statuses or (200, 303)), response.content
        return response

    return check


def log_in(email: str) -> Any:
    return Client().post("/api/v1/auth/login", {"email": email, "password": PASSWORD}, content_type=JSON)


def read(path: str, token: str) -> Any:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"})


def test_client_credentials(takes: Any) -> None:
    machine = register_client(grant_types=["client_credentials"], scope="reports")
    takes(5, lambda: post("/oauth/token", machine, grant_type="client_credentials"))


def test_code_redemption(takes: Any, alice: User, acme: Registered) -> None:
    code = code_for(alice, acme)
    takes(7, lambda: redeem(acme, code))


def test_refresh(takes: Any, alice: User, acme: Registered) -> None:
    token = tokens_for(alice, acme)["refresh_token"]
    takes(6, lambda: post("/oauth/token", acme, grant_type="refresh_token", refresh_token=token))


@pytest.fixture
def ledger(alice: User, bob: User) -> Registered:
    """A client whose app has permissions, and bob in an organization, a member: the dearest case."""
    made = register_app()
    name_permissions(made, "books:read", "books:write")
    join(make_organization(alice), bob)
    return made


def test_code_redemption_for_an_organization(takes: Any, bob: User, ledger: Registered) -> None:
    code = code_for(bob, ledger, scope=SCOPE)
    takes(7 + 2, lambda: redeem(ledger, code))


def test_refresh_for_an_organization(takes: Any, bob: User, ledger: Registered) -> None:
    token = tokens_for(bob, ledger, scope=SCOPE)["refresh_token"]
    takes(6 + 2, lambda: post("/oauth/token", ledger, grant_type="refresh_token", refresh_token=token))


def test_refresh_to_another_organization(takes: Any, alice: User, bob: User, ledger: Registered) -> None:
    other = make_organization(alice)
    join(other, bob)
    own = Membership.objects.exclude(organization=other).get(user=bob).organization
    token = tokens_for(bob, ledger, scope=SCOPE, organization=own.slug)["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token, "organization": other.slug}
    takes(6 + 2, lambda: post("/oauth/token", ledger, **form))


def test_an_app_without_permissions_takes_one_less(takes: Any, bob: User, ledger: Registered) -> None:
    plain = register_app()
    code = code_for(bob, plain, scope=SCOPE)
    takes(7 + 1, lambda: redeem(plain, code))


def test_answers_about_tokens_for_an_organization(takes: Any, bob: User, ledger: Registered) -> None:
    token = tokens_for(bob, ledger, scope=SCOPE)["access_token"]
    takes(2 + 2, lambda: post("/oauth/introspect", ledger, token=token))
    takes(2 + 1, lambda: read("/oauth/userinfo", token))


def test_a_device_asks(takes: Any) -> None:
    tv = register_tv()
    takes(6, lambda: post("/oauth/device_authorization", tv, scope="openid"))


def test_a_device_polls(takes: Any, alice: User) -> None:
    """While the person has not answered, too soon, and once it is allowed."""
    tv = register_tv()
    codes = begin(tv)
    takes(5, lambda: poll(tv, codes["device_code"]), 400)
    takes(5, lambda: poll(tv, codes["device_code"]), 400)
    answer(alice, codes["user_code"])
    takes(7, lambda: poll(tv, codes["device_code"]))


def test_introspection_of_an_access_token(takes: Any, alice: User, acme: Registered) -> None:
    token = tokens_for(alice, acme)["access_token"]
    takes(2, lambda: post("/oauth/introspect", acme, token=token))


def test_introspection_of_a_refresh_token(takes: Any, alice: User, acme: Registered) -> None:
    token = tokens_for(alice, acme)["refresh_token"]
    takes(2, lambda: post("/oauth/introspect", acme, token=token))


def test_userinfo(takes: Any, alice: User, acme: Registered) -> None:
    token = tokens_for(alice, acme)["access_token"]
    takes(2, lambda: read("/oauth/userinfo", token))
    takes(
        1, lambda: read("/oauth/userinfo", token)
    )  # what the client is registered for is known for a second


def test_authorize_with_a_remembered_consent(takes: Any, alice: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ("openid", "email"), now=clock.now())
    browser = signed_in(alice)
    takes(10, lambda: authorize(browser, acme))  # two of them: are there terms to accept, is a factor due


def test_me(takes: Any, alice: User) -> None:
    token = log_in(alice.email).json()["tokens"]["access_token"]
    takes(1, lambda: read("/api/v1/auth/me", token))


def test_login_over_rest(takes: Any, alice: User) -> None:
    log_in(alice.email)
    takes(14, lambda: log_in(alice.email))


def test_login_over_rest_with_its_limits(takes: Any, alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    log_in(alice.email)
    takes(20, lambda: log_in(alice.email))


def test_refresh_over_rest(takes: Any, alice: User) -> None:
    body = {"refresh_token": log_in(alice.email).json()["tokens"]["refresh_token"]}
    takes(5, lambda: Client().post("/api/v1/auth/token/refresh", body, content_type=JSON))


def test_a_page_of_ones_own(takes: Any, alice: User) -> None:
    browser = signed_in(alice)
    # The session; whether there are terms to accept first, or a factor is due; whether the menu leads to clients.
    takes(4, lambda: browser.get("/account/profile"))


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/.well-known/openid-configuration"])
def test_what_anybody_may_read(takes: Any, path: str) -> None:
    takes(0, lambda: Client().get(path))


def test_the_sign_in_page_asks_for_its_buttons(takes: Any) -> None:
    takes(1, lambda: Client().get("/login"))
