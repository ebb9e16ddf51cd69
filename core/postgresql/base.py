"""Django's PostgreSQL backend, with a check of kept connections that costs no round trip, and quick timestamps."""

import select
from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg.adapt import Loader
from psycopg.types.datetime import TimestamptzLoader


class UtcLoader(Loader):
    """A timestamptz of a session in UTC, read by C: psycopg takes it apart with a regular expression."""

    timezone = UTC  # what Django looks for

    def load(self, data: Any) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # "infinity", or past the year 9999: psycopg knows what to say
            return TimestamptzLoader(self.oid, self.connection).load(data)


class DatabaseWrapper(base.DatabaseWrapper):
    """Before the first statement of a request Django asks a kept connection `SELECT 1`; ours looks at the socket.

    A server that ended, or ended the session, has hung up: the socket is readable. Nothing else is waiting on an
    idle connection, but for a notice now and then: whatever it is, then Django's own check decides.
    """

    health_check_enabled: bool
    health_check_done: bool

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if self.timezone == UTC:
            connection.adapters.register_loader("timestamptz", UtcLoader)
        return connection

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and self.health_check_enabled and not self.health_check_done:
            self.health_check_done = _is_silent(self.connection)
        super().close_if_health_check_failed()


def _is_silent(connection: Any) -> bool:
    """Whether nothing waits to be read on an idle connection."""
    if connection.closed:
        return False
    poll = select.poll()  # select() refuses file descriptors past 1,023
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
