"""The web server's threads: whoever worked last works next, and nothing that was taken is lost."""

from concurrent.futures import Future, wait
from threading import Barrier, Event, current_thread, get_ident

import pytest

from janua.threads import WarmThreads

SECONDS = 10.0


@pytest.fixture
def threads() -> WarmThreads:
    return WarmThreads(3)


def blocked(threads: WarmThreads, count: int) -> tuple[Event, list[Future[int]]]:
    """So many of them at work at the same time, until the event is set; each answers who it was."""
    together, go = Barrier(count + 1), Event()

    def work() -> int:
        together.wait(SECONDS)
        assert go.wait(SECONDS)
        return get_ident()

    begun = [threads.submit(work) for _ in range(count)]
    together.wait(SECONDS)
    return go, begun


def test_one_after_the_other_is_done_by_one_thread(threads: WarmThreads) -> None:
    names = {threads.submit(get_ident).result(SECONDS) for _ in range(50)}
    assert len(names) == 1


def test_at_the_same_time_by_as_many_as_it_takes(threads: WarmThreads) -> None:
    go, begun = blocked(threads, 3)
    go.set()
    assert len({each.result(SECONDS) for each in begun}) == 3


def test_what_is_too_much_waits_its_turn(threads: WarmThreads) -> None:
    go, begun = blocked(threads, 3)
    done: list[int] = []
    more = [threads.submit(done.append, number) for number in range(20)]
    assert not any(each.done() for each in more)
    go.set()
    wait([*begun, *more], SECONDS)
    assert sorted(done) == list(range(20))


def test_the_last_that_was_busy_is_the_next(threads: WarmThreads) -> None:
    go, begun = blocked(threads, 2)
    go.set()
    wait(begun, SECONDS)
    last = threads.submit(get_ident).result(SECONDS)
    assert {threads.submit(get_ident).result(SECONDS) for _ in range(20)} == {last}


def test_whoever_hears_of_the_end_finds_the_thread_ready(threads: WarmThreads) -> None:
    """gunicorn takes the next request of a connection from the callback of the one before."""
    following: list[Future[int]] = []
    first = threads.submit(get_ident)
    first.result(SECONDS)
    again = threads.submit(get_ident)
    again.add_done_callback(lambda _: following.append(threads.submit(get_ident)))
    assert again.result(SECONDS) == first.result()
    threads.submit(get_ident).result(SECONDS)
    assert [each.result(SECONDS) for each in following] == [first.result()]


def test_an_error_is_told_and_the_thread_works_on(threads: WarmThreads) -> None:
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(SECONDS)
    with pytest.raises(SystemExit):  # gunicorn's way to give a request up
        threads.submit(exit).result(SECONDS)
    assert threads.submit(lambda: current_thread().daemon).result(SECONDS)


def test_when_shut_it_finishes_what_it_took(threads: WarmThreads) -> None:
    go, begun = blocked(threads, 3)
    waiting = threads.submit(get_ident)
    threads.shutdown(wait=False)
    with pytest.raises(RuntimeError):
        threads.submit(get_ident)
    go.set()
    threads.shutdown()
    assert all(each.done() for each in (*begun, waiting))


def test_when_shut_it_can_drop_what_waits(threads: WarmThreads) -> None:
    go, begun = blocked(threads, 3)
    waiting = threads.submit(get_ident)
    threads.shutdown(wait=False, cancel_futures=True)
    assert waiting.cancelled()
    go.set()
    threads.shutdown()
    assert all(each.done() for each in begun)


def test_idle_threads_end_when_it_is_shut() -> None:
    threads = WarmThreads(1)
    thread = threads.submit(current_thread).result(SECONDS)
    threads.shutdown()
    assert not thread.is_alive()


def test_what_was_cancelled_is_not_done(threads: WarmThreads) -> None:
    go, _ = blocked(threads, 3)
    done: list[int] = []
    waiting = threads.submit(done.append, 1)
    assert waiting.cancel()
    go.set()
    threads.shutdown()
    assert done == []
