"""prompt=select_account: the person says which account it is, each time, and hints keep their say."""

from typing import Any

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Session, User
from core import clock
from oauth.factories import register_client
from oauth.models import AuthorizationCode
from oauth.services import consents
from oauth.services.clients import Registered
from oauth.tests.flows import answer_of, authorize, tokens_for


@pytest.fixture
def acme(db: None, alice: User, bob: User) -> Registered:
    acme = register_client()
    for user in (alice, bob):
        consents.grant(user, acme.client, ["openid", "email"], now=clock.now())
    return acme


@pytest.fixture
def both(alice: User, bob: User, client: Client) -> Client:
    """A browser of alice and, at hand, bob."""
    for user in (alice, bob):
        client.post("/login?another=1", {"email": user.email, "password": PASSWORD})
    return client


def ask(browser: Client, acme: Registered, **more: str) -> str:
    """The waiting request's path."""
    waiting = authorize(browser, acme, prompt="select_account", **more)
    path: str = waiting["Location"]
    return path


def choose(browser: Client, user: User, path: str) -> Any:
    choices = browser.get("/login/choose").context["choices"]
    [wanted] = [choice.session_id for choice in choices if choice.email == user.email]
    response = browser.post("/login/choose", {"session_id": wanted, "next": path})
    assert response["Location"] == path
    return browser.get(path)


def owner_of_the_code() -> str:
    return AuthorizationCode.objects.latest("created").user.email


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_the_chosen_account_goes_on(both: Client, acme: Registered, who: str, request: Any) -> None:
    user = request.getfixturevalue(who)
    path = ask(both, acme)
    assert both.get(path)["Location"] == f"/login/choose?next={path.replace('/', '%2F')}"
    page = both.get(both.get(path)["Location"])
    assert page.context["destination"].name == "Acme"
    assert "form-action 'self' https://app.example" in page["Content-Security-Policy"]
    assert "code" in answer_of(choose(both, user, path))
    assert owner_of_the_code() == user.email


def test_a_choice_serves_one_request(both: Client, acme: Registered, alice: User) -> None:
    choose(both, alice, ask(both, acme))
    path = ask(both, acme)
    assert both.get(path)["Location"].startswith("/login/choose?")
    assert AuthorizationCode.objects.count() == 1


def test_to_sign_in_is_a_choice(client: Client, acme: Registered, alice: User) -> None:
    path = ask(client, acme)
    assert client.get(path)["Location"].startswith("/login?")
    client.post("/login", {"email": alice.email, "password": PASSWORD, "next": path})
    assert "code" in answer_of(client.get(path))


def test_a_choice_is_no_fresh_proof(both: Client, acme: Registered, alice: User) -> None:
    Session.objects.update(auth_time=clock.now().replace(year=2020))
    path = ask(both, acme, max_age="60")
    assert both.get(path)["Location"].startswith("/login?")
    assert choose(both, alice, path)["Location"].startswith("/login?")
    assert not AuthorizationCode.objects.exists()


def test_a_hint_is_not_overruled_by_a_choice(both: Client, acme: Registered, alice: User, bob: User) -> None:
    hint = tokens_for(bob, acme)["id_token"]
    path = ask(both, acme, id_token_hint=hint)
    assert answer_of(choose(both, alice, path))["error"] == "login_required"
    assert "code" in answer_of(choose(both, bob, ask(both, acme, id_token_hint=hint)))
    assert owner_of_the_code() == bob.email


def test_who_is_hinted_at_and_waits_can_be_chosen(
    both: Client, acme: Registered, alice: User, bob: User
) -> None:
    hint = tokens_for(bob, acme)["id_token"]
    choose(both, alice, "/account")
    path = authorize(both, acme, id_token_hint=hint)["Location"]
    assert "/login/choose" in both.get(both.get(path)["Location"]).content.decode()
    assert "code" in answer_of(choose(both, bob, path))


def test_it_cannot_be_silent(both: Client, acme: Registered) -> None:
    assert answer_of(authorize(both, acme, prompt="none select_account"))["error"] == "invalid_request"
    assert "code" in answer_of(authorize(both, acme, prompt="none"))


def test_not_you_leads_to_the_accounts(both: Client, acme: Registered) -> None:
    path = authorize(both, acme, prompt="consent")["Location"]
    assert both.get(path).context["switch_url"] == f"/login/choose?next={path.replace('/', '%2F')}"
