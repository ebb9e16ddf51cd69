"""A Redis server of our own on loopback, without persistence."""

import redis

from tests.support.ports import LOOPBACK, free_port
from tests.support.process import Process, Workspace, bare_environment
from tests.support.service import Service, find_program

DATABASES = 64  # so that each test worker can have one


class Redis(Service):
    """Empty after each start: a crash loses everything, as the product must expect."""

    def __init__(self) -> None:
        self.port = free_port()
        self.workspace = Workspace("redis")
        self.process = Process(
            name="redis",
            command=[
                find_program("redis-server"), "--port", str(self.port), "--bind", LOOPBACK,
                "--databases", str(DATABASES), "--save", "", "--appendonly", "no",
                "--dir", str(self.directory), "--daemonize", "no",
            ],
            log=self.directory / "redis.log",
            environment=bare_environment(self.directory),
            ready=self._answers,
            cwd=self.directory,
        )  # fmt: skip

    @property
    def url(self) -> str:
        return self.database_url(0)

    def database_url(self, number: int) -> str:
        """The URL of one of the numbered databases (0 to 63)."""
        return f"redis://{LOOPBACK}:{self.port}/{number}"

    def holds(self, key: str) -> bool:
        """Tell whether the first database holds the key."""
        with redis.Redis.from_url(self.url) as client:
            return bool(client.exists(key))

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
