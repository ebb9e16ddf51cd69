"""The real product under measurement, with people, clients and tokens in it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.support.http_client import Browserless
from tests.support.janua import JanuaServer
from tests.support.oauth_client import OAuthClient, authorize_code_flow
from tests.support.postgres import Postgres
from tests.support.process import REPOSITORY
from tests.support.redis import Redis

EMAIL, PASSWORD = "alice@example.com", "plum-tractor-velvet-94"
OPERATOR = "olivia@janua.dev"
REDIRECT_URI = "https://client.example.com/callback"
GRANTS = ["authorization_code", "refresh_token", "client_credentials"]


@dataclass(frozen=True, slots=True)
class Site:
    """A server whose alice has a browser session and has allowed the client."""

    server: JanuaServer
    postgres: Postgres
    redis: Redis
    client: OAuthClient
    cookies: str

    def populate(self, what: str, count: int) -> list[str]:
        """Make many of them past the faces of the product (`bench.population`); the lines that tell about them."""
        command = [sys.executable, "-m", "bench.population", what, str(count)]
        done = subprocess.run(
            command,
            env=self.server.environment,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout.split()

    @property
    def host(self) -> str:
        return f"localhost:{self.server.port}"

    @property
    def pids(self) -> list[int]:
        """The roots of what is measured."""
        return [self.server.process.pid, self.postgres.process.pid, self.redis.process.pid]


@contextmanager
def site(workers: int = 2) -> Iterator[Site]:
    """Start PostgreSQL, Redis and Janua. No Celery worker: nothing that is measured sends mail."""
    with ExitStack() as stack:
        postgres, redis = stack.enter_context(Postgres()), stack.enter_context(Redis())
        server = JanuaServer(
            database_url=postgres.create_database("janua"), redis=redis, environment={"RATE_LIMITS": "off"},
            workers=workers, threads=8,
        )  # fmt: skip
        server.worker = None
        stack.enter_context(server)
        server.create_user(EMAIL, PASSWORD)
        server.create_user(OPERATOR, PASSWORD, role="admin")
        registration = server.register_client(
            client_name="Bench",
            redirect_uris=[REDIRECT_URI],
            grant_types=GRANTS,
            scope="openid email jobs:run organization",
        )
        client = OAuthClient.registered(server.base_url, registration, scope="openid email")
        browser = Browserless(server.base_url)
        assert authorize_code_flow(browser, client, email=EMAIL, password=PASSWORD).code
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)
        yield Site(server, postgres, redis, client, cookies)
