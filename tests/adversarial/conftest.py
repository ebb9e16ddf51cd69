"""A clock to turn, limits to switch on, clients to attack with, and the real server for the wire itself."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from core import clock
from oauth.factories import register_client
from oauth.services.clients import Registered
from tests.support.identity_providers.fixtures import github, herbs, providers_on_loopback
from tests.support.janua import JanuaServer, postgres_url
from tests.support.postgres import create_database, drop_database
from tests.support.smtp import SmtpSink

__all__ = ["github", "herbs", "providers_on_loopback"]


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the product's clock; each call counts from the real present."""
    real = clock.now

    def to(distance: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + distance)

    return to


@pytest.fixture
def limits_on(janua_options: Callable[..., None]) -> None:
    """Counted in the database, so that no test meets another's counters."""
    janua_options(rate_limits="on", redis_url="")


@pytest.fixture
def acme(db: None) -> Registered:
    return register_client(client_name="Acme")


@pytest.fixture
def rival(db: None) -> Registered:
    """Another confidential client, with valid credentials of its own."""
    return register_client(client_name="Rival")


@dataclass(frozen=True, slots=True)
class Wire:
    """A real Janua with its limits on, its mail server and its database."""

    janua: JanuaServer
    mail: SmtpSink
    database_url: str

    def value(self, statement: str, *values: object) -> Any:
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(statement, values).fetchone()
        return row[0] if row else None


@pytest.fixture(scope="package")
def wire() -> Iterator[Wire]:
    server = postgres_url()
    assert server is not None, "run the tests with: make test"
    name = f"wire_{secrets.token_hex(4)}"
    url = create_database(server, name)
    try:
        with SmtpSink() as mail, JanuaServer(database_url=url, mail=mail) as janua:
            yield Wire(janua, mail, url)
    finally:
        drop_database(server, name)
