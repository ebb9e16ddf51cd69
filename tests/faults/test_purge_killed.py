"""kill -9 of the clean-up in the middle of its work: what is left is whole, and the next run goes on."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.support.janua import JanuaServer, postgres_url
from tests.support.ports import wait_until
from tests.support.postgres import create_database, drop_database
from tests.support.process import REPOSITORY

PURGE = "import django; django.setup(); from tokens.tasks import purge_tokens; purge_tokens()"

OTHERS = "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"


@contextmanager
def seeded() -> Iterator[tuple[JanuaServer, psycopg.Connection[tuple[int]]]]:
    """A database with 4,000 families whose time has come, of five tokens each."""
    server = postgres_url()
    assert server is not None, "run the tests with: make test"
    name = f"purge_{secrets.token_hex(4)}"
    janua = JanuaServer(database_url=create_database(server, name))
    try:
        janua.manage("prepare")
        janua.manage("seed", "--users=1000", "--refresh-tokens=20_000", "--audit-events=0")
        with psycopg.connect(janua.environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("UPDATE tokens_tokenfamily SET expires_at = expires_at - interval '90 days'")
            yield janua, connection
    finally:
        drop_database(server, name)
        janua.close()


def purge(janua: JanuaServer) -> "subprocess.Popen[bytes]":
    variables = {**janua.environment, "DJANGO_SETTINGS_MODULE": "janua.settings"}
    return subprocess.Popen([sys.executable, "-c", PURGE], env=variables, cwd=REPOSITORY)


@pytest.mark.slow
def test_a_clean_up_that_is_killed_is_finished_by_the_next() -> None:
    with seeded() as (janua, connection):

        def count(table: str) -> int:
            (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
            return found[0]

        with psycopg.connect(janua.environment["DATABASE_URL"]) as holding:
            # It comes to the first families, whose tokens are gone by then, and waits: here it is killed.
            holding.execute("LOCK TABLE tokens_tokenfamily IN SHARE MODE")
            running = purge(janua)
            try:
                wait_until(lambda: count("tokens_refreshtoken") == 15_000, 60, "five batches")
            finally:
                os.kill(running.pid, 9)
                running.wait()
        wait_until(lambda: count(f"pg_stat_activity {OTHERS}") == 0, 30, "PostgreSQL to notice")
        assert (count("tokens_tokenfamily"), count("tokens_refreshtoken")) == (4000, 15_000)
        assert purge(janua).wait(60) == 0
        assert (count("tokens_tokenfamily"), count("tokens_refreshtoken")) == (0, 0)
