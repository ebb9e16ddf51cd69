"""Doing something many times at once, each time with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

R = TypeVar("R")
THREADS = 40


def in_parallel(times: int, work: Callable[[], R]) -> list[R]:
    """Run `work` so many times in up to forty threads; what each run returned."""

    def run(_: int) -> R:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(min(times, THREADS)) as pool:
        return list(pool.map(run, range(times)))
