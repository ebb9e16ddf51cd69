"""Each process reads the keys once a second at most, however many threads ask."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tokens.services import keys

THREADS = 8


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A cache without a database: who read the ring."""
    found: list[str] = []

    def read(cache: Any) -> object:
        found.append(threading.current_thread().name)
        time.sleep(0.02)  # long enough for the other threads to come and wait
        cache._ring, cache._read_at = object(), time.monotonic()
        ring: object = cache._ring
        return ring

    monkeypatch.setattr(keys._Cache, "_read", read)
    return found


def test_threads_that_waited_do_not_read_again(reads: list[str]) -> None:
    cache, together = keys._Cache(), threading.Barrier(THREADS)

    def ask() -> object:
        together.wait()
        return cache.get()

    with ThreadPoolExecutor(THREADS) as pool:
        rings = list(pool.map(lambda _: ask(), range(THREADS)))
    assert len(reads) == 1
    assert len({id(ring) for ring in rings}) == 1


def test_after_a_second_it_is_read_again(reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    cache = keys._Cache()
    cache.get()
    cache.get()
    assert len(reads) == 1
    monkeypatch.setattr(keys, "RING_SECONDS", -1.0)
    cache.get()
    assert len(reads) == 2


def test_what_is_forgotten_is_read_again(reads: list[str]) -> None:
    cache = keys._Cache()
    cache.get()
    cache.forget()
    cache.get()
    assert len(reads) == 2
