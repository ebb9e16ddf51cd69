"""Redis killed, hung or full in mid-load: sign-in and tokens go on in ordinary time, guesses stay limited."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

import pytest
import redis

from tests.faults.ledger import moment
from tests.faults.load import load
from tests.faults.reckoning import settle
from tests.faults.watch import watch
from tests.faults.world import PASSWORD, PEOPLE, World
from tests.support.process import kill

GUESSES = 10  # core.limits.LOGIN_ACCOUNT
TASK_SECONDS = 40.0


@contextmanager
def killed(world: World) -> Iterator[None]:
    world.redis.kill9()
    yield
    world.redis.start()


@contextmanager
def hung(world: World) -> Iterator[None]:
    kill([world.redis.process.pid], signal.SIGSTOP)
    yield
    kill([world.redis.process.pid], signal.SIGCONT)


@contextmanager
def full(world: World) -> Iterator[None]:
    with redis.Redis.from_url(world.redis.url) as client:
        client.config_set("maxmemory", 1)
        yield
        client.config_set("maxmemory", 0)


@pytest.mark.parametrize("fault", [killed, hung, full])
def test_redis(world: World, say: Callable[[str], None], fault: Callable[[World], object]) -> None:
    victim = f"victim-{fault.__name__}@example.com"
    world.server.create_user(victim, PASSWORD)
    with load(world) as ledger, watch(world) as watched:
        ledger.wait_for_every_kind()
        ordinary = [timed_login(world) for _ in range(6)]
        statuses = [guess(world, victim) for _ in range(4)]
        began = moment()
        with fault(world):
            slow = [timed_login(world) for _ in range(8)]
            statuses += [guess(world, victim) for _ in range(GUESSES)]
        ended = moment()
        ledger.wait_for_every_kind(ended)
        statuses += [guess(world, victim) for _ in range(3)]
    assert statuses == [401] * GUESSES + [429] * 7
    assert watched.statuses("/readyz", began, ended) == {200}
    meanwhile = [entry.seconds for entry in ledger.entries if began <= entry.ended_at <= ended]
    assert max(slow) < median(ordinary) + 1.5
    assert max(meanwhile) < 2.0
    assert not ledger.unknown()
    tasks_flow_again(world)
    say(
        f"login {median(ordinary) * 1000:.0f} ms before, {median(slow) * 1000:.0f} ms (at most "
        f"{max(slow) * 1000:.0f}) during; other acts at most {max(meanwhile) * 1000:.0f} ms; "
        f"{settle(world, ledger)}"
    )


def timed_login(world: World) -> float:
    began = moment()
    world.login(PEOPLE[1])
    return moment() - began


def guess(world: World, email: str) -> int:
    """A wrong password, each time from another network."""
    body = {"email": email, "password": "a wrong password, really"}
    return world.call("POST", "/api/v1/auth/login", json=body).status_code


def tasks_flow_again(world: World) -> None:
    """Celery works off its queue again. Losing Redis may end it (a fault of its own when its event loop stops):
    then whoever supervises it starts it anew, as deploy/ does, and here the test does."""
    worker = world.server.worker
    assert worker is not None
    if not _a_task_succeeds(world):
        worker.restart()
        assert _a_task_succeeds(world), worker.log_text()[-3000:]


def _a_task_succeeds(world: World) -> bool:
    assert world.server.worker is not None
    length = len(world.server.worker.log_text())
    deadline = time.monotonic() + TASK_SECONDS
    while "succeeded in" not in world.server.worker.log_text()[length:]:
        if time.monotonic() > deadline or not world.server.worker.is_alive():
            return False
        time.sleep(0.2)
    return True
