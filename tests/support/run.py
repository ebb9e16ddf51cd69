"""Run pytest beside a PostgreSQL and a Redis of its own.

    python -m tests.support.run -- <pytest arguments>

Both servers are started once on free ports and are stopped whatever happens; the exit code is pytest's.
With xdist (-n), pytest-django makes one database per worker on the one server.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from types import FrameType

from tests.support.postgres import Postgres
from tests.support.process import REPOSITORY, descendants, kill
from tests.support.redis import Redis

GRACE_SECONDS = 30.0  # for pytest to tear down its fixtures after a signal
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class EndedBySignal(BaseException):
    """Someone wants the run to end; unwinds through every `with` so that the servers stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _end(number: int, frame: FrameType | None) -> None:
    for each in ENDING:  # a second signal must not interrupt the clearing up
        signal.signal(each, signal.SIG_IGN)
    raise EndedBySignal(number)


@contextmanager
def ending_signals_raise() -> Iterator[None]:
    for each in ENDING:
        signal.signal(each, _end)
    try:
        yield
    finally:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)


def environment(postgres: Postgres, redis: Redis, data_dir: str) -> dict[str, str]:
    """What the tests read: the names of the product, and the server on which to create further databases."""
    return {
        **os.environ,
        "DATABASE_URL": postgres.create_database("janua"),
        "REDIS_URL": redis.url,
        "JANUA_TEST_POSTGRES_URL": postgres.url,
        "JANUA_ENV_FILE": "",  # a developer's .env stays out of it
        "JANUA_DATA_DIR": data_dir,
    }


def run_pytest(arguments: list[str], variables: dict[str, str]) -> int:
    """Stream pytest's output; on a signal let it tear down, then end whatever is left of it."""
    command = [sys.executable, "-m", "pytest", *arguments]
    child = subprocess.Popen(command, env=variables, cwd=REPOSITORY)
    try:
        return child.wait()
    except EndedBySignal as ended:
        # A terminal's Ctrl-C has reached pytest already; a second one would break off its teardown.
        if ended.number != signal.SIGINT or not sys.stdin.isatty():
            child.send_signal(signal.SIGINT)
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            kill([*descendants(child.pid), child.pid])
            child.wait()
        raise


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    try:
        with (
            ending_signals_raise(),
            TemporaryDirectory(prefix="janua-tests-") as data_dir,
            Postgres() as postgres,
            Redis() as redis,
        ):
            return run_pytest(arguments, environment(postgres, redis, data_dir))
    except EndedBySignal as ended:
        return 128 + ended.number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
