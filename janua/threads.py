"""The web server's threads: whoever worked last works next.

Each thread has a connection of its own to the database, with prepared statements. The usual pool hands requests round,
so that each meets a thread, and a server process of PostgreSQL, that have gone cold: measured, 0.2 to 0.4 ms more.
Here a quiet server uses one thread, and a busy one as many as it needs.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

Task = tuple[Future[Any], Callable[[], Any]]
Inbox = SimpleQueue[Task | None]


class WarmThreads(Executor):
    """At most `count` threads, each started when those before it are busy."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._threads: list[Thread] = []
        self._idle: list[Inbox] = []  # the last one is the warmest
        self._waiting: deque[Task] = deque()
        self._is_shut = False
        self._lock = Lock()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it in the thread that was idle last, in a new one, or as soon as one is free."""
        task: Task = (Future(), partial(fn, *args, **kwargs))
        with self._lock:
            if self._is_shut:
                raise RuntimeError("these threads take no more work")
            if self._idle:
                self._idle.pop().put(task)
            elif len(self._threads) < self._count:
                # A daemon: when the process has to end, no request may hold it.
                thread = Thread(target=self._work, args=(task,), name="janua-web", daemon=True)
                self._threads.append(thread)
                thread.start()
            else:
                self._waiting.append(task)
        return task[0]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work, and end once what was taken is done."""
        with self._lock:
            self._is_shut = True
            idle, self._idle = self._idle, []
            unwanted = [self._waiting.popleft() for _ in range(len(self._waiting) * cancel_futures)]
        for future, _act in unwanted:
            future.cancel()
        for inbox in idle:
            inbox.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self, first: Task) -> None:
        inbox: Inbox = SimpleQueue()
        task: Task | None = first
        while task is not None:
            tell = _done(*task)
            task = None  # what it holds is free while this thread waits
            self._be_ready(inbox)  # before anybody hears of the end, and has more work
            tell()
            task = inbox.get()

    def _be_ready(self, inbox: Inbox) -> None:
        with self._lock:
            if self._waiting:
                inbox.put(self._waiting.popleft())
            elif self._is_shut:
                inbox.put(None)
            else:
                self._idle.append(inbox)


def _done(future: Future[Any], act: Callable[[], Any]) -> Callable[[], None]:
    """Do it; what tells those who wait for it."""
    if not future.set_running_or_notify_cancel():
        return lambda: None
    try:
        return partial(future.set_result, act())
    except BaseException as error:  # noqa: BLE001 - whoever asked for it is told
        return partial(future.set_exception, error)


class WarmWorker(ThreadWorker):  # type: ignore[misc]  # the library has no types
    """gunicorn's worker of threads, with threads that stay warm."""

    def get_thread_pool(self) -> WarmThreads:
        return WarmThreads(self.cfg.threads)
