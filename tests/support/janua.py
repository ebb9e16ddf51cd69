"""The real product as processes: `manage.py prepare`, then gunicorn, and with Redis a Celery worker."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.ports import answers, free_port
from tests.support.process import REPOSITORY, Process, Workspace, bare_environment, children, kill
from tests.support.redis import Redis
from tests.support.service import Service
from tests.support.smtp import SmtpSink

# A name beside the relying parties' 127.0.0.1: browsers share cookies between the ports of one host,
# so only another host keeps the jars apart, and makes the parties cross-site as they are in life.
HOST = "localhost"


def postgres_url() -> str | None:
    """The server of this test run (tests.support.run), for create_database; None outside such a run."""
    return os.environ.get("JANUA_TEST_POSTGRES_URL")


class JanuaServer(Service):
    """One Janua on a free port. Without `database_url` it uses its SQLite default in its data directory.

    With `redis` a Celery worker with its clock runs beside it, as the product needs it then; give each
    server a Redis of its own, for their queues bear the same name.
    The environment is handed over explicitly: nothing of the test run's (DATABASE_URL, keys) leaks in.
    Rate limits are on, as in the product; pass environment={"RATE_LIMITS": "off"} where they hinder.
    """

    def __init__(
        self,
        *,
        database_url: str | None = None,
        redis: Redis | None = None,
        mail: SmtpSink | None = None,
        environment: Mapping[str, str] | None = None,
        workers: int = 2,
        threads: int = 4,
    ) -> None:
        self.workspace = Workspace("server")
        self.port = free_port()
        self.base_url = f"http://{HOST}:{self.port}"
        self.environment = bare_environment(
            self.directory,
            BASE_URL=self.base_url,
            PORT=str(self.port),
            JANUA_DATA_DIR=str(self.directory / "data"),
            WEB_WORKERS=str(workers),
            WEB_THREADS=str(threads),
        )
        if database_url is not None:
            self.environment["DATABASE_URL"] = database_url
        if redis is not None:
            self.environment["REDIS_URL"] = redis.url
        if mail is not None:
            self.environment |= {"SMTP_HOST": mail.host, "SMTP_PORT": str(mail.port)}
        self.environment |= environment or {}
        self.process = self._process(
            "janua",
            ["gunicorn", "-c", "janua/gunicorn.py", "janua.wsgi:application"],
            lambda: answers(f"{self.base_url}/readyz"),
        )
        self.worker: Process | None = None
        if redis is not None:
            options = ["--beat", "--schedule", str(self.directory / "beat"), "--concurrency", "1"]
            self.worker = self._process(
                "worker",
                ["celery", "-A", "janua", "worker", "--loglevel", "INFO", *options],
                # A worker that listens has bound its control mailbox.
                lambda: redis.holds("_kombu.binding.celery.pidbox"),
            )

    def start(self) -> None:
        """Prepare (keys, migrations, static files) and serve until /readyz answers 200."""
        self.manage("prepare")
        super().start()
        if self.worker is not None:
            self.worker.start()

    def stop(self) -> None:
        if self.worker is not None:
            self.worker.stop()
        super().stop()

    def kill9(self) -> None:
        if self.worker is not None:
            self.worker.kill9()
        super().kill9()

    def _process(self, name: str, module: list[str], ready: Callable[[], bool]) -> Process:
        return Process(
            name=name,
            command=[sys.executable, "-m", *module],
            log=self.directory / f"{name}.log",
            environment=self.environment,
            ready=ready,
        )

    def pids(self) -> list[int]:
        """The master's process id, then its workers'."""
        return [self.process.pid, *children(self.process.pid)]

    def kill_worker(self) -> int:
        """Crash the oldest worker with SIGKILL; return its process id. The master replaces it."""
        _, worker, *_ = self.pids()
        kill([worker], signal.SIGKILL)
        return worker

    def manage(
        self, *arguments: str, stdin: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run manage.py with the server's environment; with `check`, a failure raises with its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            cwd=REPOSITORY,
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            output = f"{done.stdout}{done.stderr}"
            raise RuntimeError(f"manage.py {' '.join(arguments)} exited {done.returncode}:\n{output}")
        return done

    def register_client(self, **metadata: object) -> dict[str, Any]:
        """Register a client from RFC 7591 section 2 metadata; return the section 3.2.1 answer."""
        done = self.manage("register_client", stdin=json.dumps(metadata))
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def create_user(
        self, email: str, password: str, *, verified: bool = True, role: str | None = None
    ) -> str:
        """Create an account; return its id."""
        options = ["--email", email, "--password", password]
        if verified:
            options.append("--verified")
        if role is not None:
            options += ["--role", role]
        return self.manage("create_user", *options).stdout.split()[-1]
