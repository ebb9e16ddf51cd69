"""The whole of Janua with everything it leans on, each part a process of its own that can be killed."""

import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import psycopg
import requests

from tests.faults.ledger import Entry, Ledger, moment
from tests.support.http_client import Browserless
from tests.support.janua import JanuaServer
from tests.support.oauth_client import OAuthClient, authorize_code_flow
from tests.support.postgres import Postgres
from tests.support.redis import Redis
from tests.support.smtp import SmtpSink

PASSWORD = "plum-tractor-velvet-94"
PEOPLE = ("alice@example.com", "bob@example.com", "carol@example.com")
TIMEOUT = 15
REGISTRATION = {
    "client_name": "Ledger",
    "redirect_uris": ["https://client.example.com/callback"],
    "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
}


@dataclass
class World:
    """PostgreSQL, Redis, a mail server, Janua with two workers and Celery."""

    jwks_max_age: int = 5  # seconds
    postgres: Postgres = field(default_factory=Postgres)
    redis: Redis = field(default_factory=Redis)
    mail: SmtpSink = field(default_factory=SmtpSink)
    server: JanuaServer = field(init=False)
    client: OAuthClient = field(init=False)
    browser: Browserless = field(init=False)

    def open(self, stack: ExitStack) -> None:
        """Start everything, with a few people and a client that alice has allowed."""
        for service in (self.postgres, self.redis, self.mail):
            stack.enter_context(service)
        # Rate limits are on: each simulated person comes from an address of its own, through "our proxy".
        self.server = JanuaServer(
            database_url=self.postgres.create_database("janua"), redis=self.redis, mail=self.mail,
            environment={
                "TRUSTED_PROXIES": "127.0.0.1/32,::1/128",
                "JWKS_MAX_AGE_SECONDS": str(self.jwks_max_age),
            },
        )  # fmt: skip
        stack.enter_context(self.server)
        for email in PEOPLE:
            self.server.create_user(email, PASSWORD)
        self.client = OAuthClient.registered(
            self.server.base_url, self.server.register_client(**REGISTRATION)
        )
        self.browser = Browserless(self.server.base_url)
        assert authorize_code_flow(self.browser, self.client, email=PEOPLE[0], password=PASSWORD).code

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request from some network of the world, on a connection of its own."""
        headers = {"X-Forwarded-For": some_address(), **more.pop("headers", {})}
        url = f"{self.server.base_url}{path}"
        return requests.request(method, url, headers=headers, timeout=TIMEOUT, allow_redirects=False, **more)

    def act(self, ledger: Ledger, kind: str, method: str, path: str, **more: Any) -> requests.Response | None:
        """The same, written in the ledger; None unless it was acknowledged."""
        facts, request_id = more.pop("facts", {}), secrets.token_hex(16)
        headers = {"X-Request-ID": request_id, **more.pop("headers", {})}
        began = moment()
        try:
            response = self.call(method, path, headers=headers, **more)
            status = response.status_code
            if status < 300 and response.content:
                facts = {**facts, "answer": response.json()}
        except requests.RequestException:
            response, status = None, 0
        ended = moment()
        entry = Entry(
            kind=kind,
            request_id=request_id,
            status=status,
            ended_at=ended,
            seconds=ended - began,
            facts=facts,
        )
        ledger.add(entry)
        return response if entry.is_acknowledged else None

    def login(self, email: str) -> dict[str, str]:
        """A pair of tokens for the person."""
        response = self.call("POST", "/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert response.status_code == 200, response.text
        tokens: dict[str, str] = response.json()["tokens"]
        return tokens

    def status(self, path: str) -> int:
        """The status of a GET; 0 without an answer."""
        try:
            return self.call("GET", path).status_code
        except requests.RequestException:
            return 0

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the database says, past the product."""
        with psycopg.connect(self.server.environment["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, *parameters: object) -> Any:
        return self.rows(statement, *parameters)[0][0]


def some_address() -> str:
    """An address that nobody else has asked from."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
