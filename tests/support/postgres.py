"""A PostgreSQL cluster of our own on loopback, made with initdb in a temporary directory."""

import signal
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.ports import LOOPBACK, free_port
from tests.support.process import Process, Workspace, bare_environment, unprivileged_user
from tests.support.service import Service, find_program

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",  # test workers, each with real servers of several threads
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "fsync": "on",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


def binaries() -> list[Path]:
    """Debian keeps the server programs off PATH, one directory per version: newest first."""
    return sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )


def server_url(port: int, name: str) -> str:
    return f"postgresql://{SUPERUSER}@{LOOPBACK}:{port}/{name}"


def create_database(server: str, name: str) -> str:
    """Create an empty database on the server that the URL names; return the new database's URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{server.rpartition('/')[0]}/{name}"


def drop_database(server: str, name: str) -> None:
    """Drop the database, even while something is still connected to it."""
    with psycopg.connect(server, autocommit=True) as connection:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(statement.format(sql.Identifier(name)))


class Postgres(Service):
    """Trust authentication for everyone on loopback; every data page belongs to the tests."""

    def __init__(self) -> None:
        # The server refuses to run as root.
        user = unprivileged_user("postgres")
        self.port = free_port()
        self.workspace = Workspace("postgres", user)
        self._environment = bare_environment(self.directory)
        self._user = user
        options = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(self.port)}.items()]
        self.process = Process(
            name="postgres",
            command=[find_program("postgres", *binaries()), "-D", str(self._data), *options],
            log=self.directory / "postgres.log",
            environment=self._environment,
            ready=self._accepts_connections,
            cwd=self.directory,
            user=user,
            stop_signal=signal.SIGINT,  # "fast": sessions are ended, nothing is lost
        )

    @property
    def url(self) -> str:
        """The URL of the maintenance database, for create_database and drop_database."""
        return server_url(self.port, "postgres")

    def start(self) -> None:
        if not self._data.exists():
            self._initialise()
        super().start()

    def create_database(self, name: str) -> str:
        return create_database(self.url, name)

    def drop_database(self, name: str) -> None:
        drop_database(self.url, name)

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _initialise(self) -> None:
        command = [
            find_program("initdb", *binaries()), "--pgdata", str(self._data), "--username", SUPERUSER,
            "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--wal-segsize", "4",
        ]  # fmt: skip
        done = subprocess.run(
            command, env=self._environment, cwd=self.directory, user=self._user,
            extra_groups=[] if self._user else None, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _accepts_connections(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True
