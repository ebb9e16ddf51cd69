"""A connection that is kept between requests is looked at before it is used, without asking the server."""

from collections.abc import Iterator

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no connection to a server"),
]


@pytest.fixture(autouse=True)
def _kept() -> Iterator[None]:
    connection.ensure_connection()
    connection.health_check_enabled = True
    yield
    connection.close()


def answer() -> tuple[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row: tuple[int] = cursor.fetchone()
        return row


def begin_request() -> None:
    connection.health_check_done = False


def end_the_servers_session() -> None:
    (pid,) = answer()
    with connection._nodb_cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_living_connection_is_used_on_without_a_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    before = answer()
    begin_request()
    monkeypatch.setattr(connection, "is_usable", lambda: pytest.fail("the server was asked"))
    assert answer() == before


def test_a_connection_that_the_server_ended_is_replaced_unseen() -> None:
    before = answer()
    end_the_servers_session()
    begin_request()
    assert answer() != before


def test_a_closed_connection_is_replaced() -> None:
    before = answer()
    connection.connection.close()
    begin_request()
    assert answer() != before


def test_a_notice_that_waits_is_no_reason_to_part() -> None:
    before = answer()
    with connection.cursor() as cursor:
        cursor.execute("LISTEN janua_test")
    other = connection.copy()  # listening is a matter of one database
    with other.cursor() as cursor:
        cursor.execute("NOTIFY janua_test")
    other.close()
    begin_request()
    assert answer() == before
