"""The whole product at once: Janua on PostgreSQL and Redis with its Celery worker, and a mail server."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.support.janua import JanuaServer, postgres_url
from tests.support.postgres import create_database, drop_database
from tests.support.redis import Redis
from tests.support.smtp import SmtpSink


@dataclass(frozen=True, slots=True)
class Stage:
    """What a journey plays on."""

    janua: JanuaServer
    mail: SmtpSink
    database_url: str

    @property
    def base_url(self) -> str:
        return self.janua.base_url

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """What stands in the server's database, read past the product."""
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            return connection.execute(statement, values).fetchall()

    def execute(self, statement: str, *values: object) -> None:
        """Change the server's database behind its back, for what takes too long to wait for."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement, values)

    def sms_code_to(self, number: str) -> str:
        """The code of the newest SMS to the number: without a gateway it stays in the outbox."""
        read = (
            f"from core.models import Sms; print(Sms.objects.filter(recipient='{number}').latest('id').text)"
        )
        return self.janua.manage("shell", "--verbosity", "0", "-c", read).stdout.split()[0]


@contextmanager
def open_stage(environment: Mapping[str, str] | None = None, *, threads: int = 4) -> Iterator[Stage]:
    """Everything on free ports and a database of its own; `environment` goes to Janua."""
    server = postgres_url()
    assert server is not None, "run the tests with: make test"
    name = f"stage_{secrets.token_hex(4)}"
    database_url = create_database(server, name)
    try:
        with SmtpSink() as mail, Redis() as redis:
            options: dict[str, Any] = {"redis": redis, "mail": mail, "threads": threads}
            janua = JanuaServer(database_url=database_url, environment=environment, **options)
            with janua:
                yield Stage(janua, mail, database_url)
    finally:
        drop_database(server, name)
