"""What is revoked is refused by every worker within a second: two real processes, each asked alone (S062, S064, S065)."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.adversarial.conftest import Wire
from tests.support.http_client import Browserless
from tests.support.oauth_client import OAuthClient, authorize_code_flow

PASSWORD = "plum-tractor-velvet-94"
REDIRECT_URI = "https://app.example/callback"
ASKED = 3


@contextmanager
def only(worker: int, others: list[int]) -> Iterator[None]:
    """Let this one worker answer while the others stand still."""
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def browser(wire: Wire) -> Browserless:
    wire.janua.create_user("everywhere@example.com", PASSWORD)
    browser = Browserless(wire.janua.base_url)
    browser.sign_in("everywhere@example.com", PASSWORD)
    return browser


def new_client(wire: Wire, name: str = "Acme") -> OAuthClient:
    registered = wire.janua.register_client(
        client_name=name, redirect_uris=[REDIRECT_URI], grant_types=["authorization_code", "refresh_token"]
    )
    return OAuthClient.registered(wire.janua.base_url, registered)


@pytest.fixture
def acme(wire: Wire) -> OAuthClient:
    return new_client(wire)


def tokens_of(browser: Browserless, client: OAuthClient) -> dict[str, Any]:
    tokens: dict[str, Any] = client.exchange_code(authorize_code_flow(browser, client)).json()
    return tokens


def verdicts(wire: Wire, client: OAuthClient, tokens: dict[str, Any]) -> set[tuple[int, bool, bool]]:
    """What each worker, asked alone and more than once, says: (userinfo's status, both introspections)."""
    _master, *workers = wire.janua.pids()
    assert len(workers) == 2
    found = set()
    for worker in workers:
        with only(worker, [pid for pid in workers if pid != worker]):
            for _ in range(ASKED):
                told = [client.introspect(tokens[name]).json() for name in ("access_token", "refresh_token")]
                assert all(answer["active"] or answer == {"active": False} for answer in told)
                status = client.userinfo(tokens["access_token"]).status_code
                found.add((status, told[0]["active"], told[1]["active"]))
    return found


ALIVE = {(200, True, True)}
ACCESS_DEAD = {(401, False, True)}
DEAD = {(401, False, False)}


def a_second_later() -> None:
    time.sleep(1.0)


def test_s064_a_revoked_access_token_is_dead_on_every_worker(
    wire: Wire, browser: Browserless, acme: OAuthClient
) -> None:
    """Its `jti` alone: the family lives on."""
    tokens = tokens_of(browser, acme)
    assert verdicts(wire, acme, tokens) == ALIVE
    assert acme.revoke(tokens["access_token"]).status_code == 200
    a_second_later()
    assert verdicts(wire, acme, tokens) == ACCESS_DEAD
    assert acme.refresh(tokens["refresh_token"]).status_code == 200


def test_s064_a_revoked_refresh_token_ends_its_family_on_every_worker(
    wire: Wire, browser: Browserless, acme: OAuthClient
) -> None:
    tokens, others = tokens_of(browser, acme), tokens_of(browser, acme)
    assert verdicts(wire, acme, tokens) == ALIVE
    assert acme.revoke(tokens["refresh_token"]).status_code == 200
    a_second_later()
    assert verdicts(wire, acme, tokens) == DEAD
    assert acme.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert verdicts(wire, acme, others) == ALIVE


def test_s064_another_clients_revocation_is_answered_and_does_nothing(
    wire: Wire, browser: Browserless, acme: OAuthClient
) -> None:
    tokens, rival = tokens_of(browser, acme), new_client(wire, "Rival")
    for name in ("access_token", "refresh_token"):
        answer = rival.revoke(tokens[name])
        assert (answer.status_code, answer.content) == (200, b"")
        assert rival.introspect(tokens[name]).json() == {"active": False}
    a_second_later()
    assert verdicts(wire, acme, tokens) == ALIVE


def test_s065_an_app_that_is_removed_is_dead_on_every_worker(
    wire: Wire, browser: Browserless, acme: OAuthClient
) -> None:
    tokens = tokens_of(browser, acme)
    assert verdicts(wire, acme, tokens) == ALIVE
    page = browser.get("/account/apps")
    browser.submit(page, page.form("consent_id"))  # the newest stands first
    a_second_later()
    assert verdicts(wire, acme, tokens) == DEAD
    assert acme.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_s065_a_session_that_ends_takes_its_tokens_along_on_every_worker(
    wire: Wire, acme: OAuthClient, browser: Browserless
) -> None:
    """The `sid` of the tokens names it."""
    passing = Browserless(wire.janua.base_url)
    passing.sign_in("everywhere@example.com", PASSWORD)
    tokens, staying = tokens_of(passing, acme), tokens_of(browser, acme)
    assert verdicts(wire, acme, tokens) == ALIVE
    passing.sign_out()
    a_second_later()
    assert verdicts(wire, acme, tokens) == DEAD
    assert verdicts(wire, acme, staying) == ALIVE
