"""Work that must not hold up the request: handed to Celery's broker, or done by threads of this process.

Nothing here is a source of truth. What gets lost with a process or a broker stands in a table, and the
periodic sweeps find it there.
"""

import atexit
import fcntl
import os
import queue
import random
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Protocol

import structlog
from django.conf import settings
from django.db import connections

log = structlog.get_logger(__name__)

THREADS = 2
MAX_WAITING = 1000
LONGEST_SLEEP_SECONDS = 5.0
BREAK_SECONDS = 15.0
"""How long a broker that failed is left alone: each trial of one that is away costs a thread some seconds."""

PARTING_SECONDS = 10.0
"""How long a process that ends waits for what it began; less than gunicorn gives its workers (graceful_timeout)."""


class Task(Protocol):
    """What is used of a Celery task."""

    name: str

    def delay(self, *args: str) -> object: ...
    def apply(self, args: tuple[str, ...], throw: bool) -> object: ...


def wake(task: Task, *args: str) -> None:
    """Have the task done soon. Never waits and never raises: the caller has committed already."""
    try:
        _workers().waiting.put_nowait((task, args))
    except queue.Full:
        log.warning("background_full", task=task.name)


def start_scheduler(table: Iterable[tuple[Task, float]]) -> None:
    """Run each task of the table every so many seconds, in one thread, where no broker does it.

    Each server process calls this; one of them on the machine holds the lock file and does the work. When
    it dies the kernel frees the lock and another takes over.
    """
    if settings.JANUA.redis_url:
        return
    jobs = [_Job(task, seconds) for task, seconds in table]
    lock = (settings.JANUA.janua_data_dir / "scheduler.lock").open("a")
    threading.Thread(target=_schedule, args=(jobs, lock), name="janua-scheduler", daemon=True).start()


class _Workers:
    """A few daemon threads and what waits for them."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[tuple[Task, tuple[str, ...]]] = queue.Queue(MAX_WAITING)
        for number in range(THREADS):
            threading.Thread(target=self._work, name=f"janua-background-{number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            task, args = self.waiting.get()
            try:
                if not (settings.JANUA.redis_url and _publish(task, args)):
                    _run(task, args)
            except Exception as error:  # noqa: BLE001 - a worker outlives whatever it is given
                log.error("background_worker_failed", error=type(error).__name__)
            finally:
                self.waiting.task_done()


_lock = threading.Lock()
_current: _Workers | None = None
_broker_rests_until = 0.0


def _workers() -> _Workers:
    global _current
    with _lock:
        if _current is None:
            _current = _Workers()
        return _current


def _forget_workers() -> None:
    """Threads do not survive a fork (gunicorn forks after it loaded us): the child starts its own."""
    global _lock, _current
    _lock = threading.Lock()
    _current = None


os.register_at_fork(after_in_child=_forget_workers)


@atexit.register
def _finish() -> None:
    """A command that ends by itself, or a server that is told to, first does what it began.

    Else a mail that was claimed just now would wait for its claim to run out. What a slow mail server keeps longer
    than this is left to the sweep.
    """
    if _current is None:
        return
    begun = _current.waiting
    with begun.all_tasks_done:
        begun.all_tasks_done.wait_for(lambda: begun.unfinished_tasks == 0, timeout=PARTING_SECONDS)


def _publish(task: Task, args: tuple[str, ...]) -> bool:
    """Hand the task to the broker; whether it took it. If not it is done here: mail flows without Redis."""
    global _broker_rests_until
    if time.monotonic() < _broker_rests_until:
        return False
    try:
        task.delay(*args)
    except Exception as error:  # noqa: BLE001 - whatever a task raises, this thread goes on
        _broker_rests_until = time.monotonic() + BREAK_SECONDS
        log.warning("broker_unavailable", task=task.name, error=type(error).__name__)
        return False
    return True


def _run(task: Task, args: tuple[str, ...] = ()) -> None:
    try:
        task.apply(args=args, throw=True)
    except Exception as error:  # noqa: BLE001 - whatever a task raises, this thread goes on
        # Only the class: the words of an error may hold addresses.
        log.error("background_task_failed", task=task.name, error=type(error).__name__)
    finally:
        connections.close_all()


@dataclass(slots=True)
class _Job:
    task: Task
    seconds: float
    next_at: float = field(init=False)

    def __post_init__(self) -> None:
        # Spread out, so that tasks of one period do not all start at the same moment.
        self.next_at = time.monotonic() + random.uniform(0, min(self.seconds, LONGEST_SLEEP_SECONDS))  # noqa: S311 - spreads load


def _schedule(jobs: list[_Job], lock: IO[str]) -> None:
    while True:
        now = time.monotonic()
        if _is_ours(lock):
            for job in jobs:
                if job.next_at <= now:
                    job.next_at = now + job.seconds
                    _run(job.task)
        soonest = min((job.next_at for job in jobs), default=now + LONGEST_SLEEP_SECONDS)
        time.sleep(min(LONGEST_SLEEP_SECONDS, max(0.1, soonest - time.monotonic())))


def _is_ours(lock: IO[str]) -> bool:
    """Whether this process is the machine's scheduler; asking again while holding the lock is harmless."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
