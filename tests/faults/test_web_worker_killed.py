"""kill -9 of a gunicorn worker in mid-load."""

import time
from collections.abc import Callable

from tests.faults.ledger import moment
from tests.faults.load import load
from tests.faults.reckoning import settle
from tests.faults.watch import watch
from tests.faults.world import World
from tests.support.ports import wait_until


def test_web_workers_killed(world: World, say: Callable[[str], None]) -> None:
    """Both workers, one after the other: the master replaces each, and only requests in their hands are lost."""
    with load(world) as ledger, watch(world) as watched:
        ledger.wait_for_every_kind()
        killed_at = []
        for _ in range(2):
            killed_at.append(moment())
            killed = world.server.kill_worker()
            wait_until(lambda gone=killed: has_replaced(world, gone), 10, "a new worker")
            time.sleep(1.0)
        ledger.wait_for_every_kind(killed_at[-1])
        ended = moment()
    # A probe may have been in the dying worker's hands.
    assert watched.statuses("/livez", killed_at[0], ended) <= {200, 0}
    recovery = ledger.recovered_after(killed_at[1])
    say(f"every kind of act acknowledged {recovery:.2f} s after the kill; {settle(world, ledger)}")


def has_replaced(world: World, killed: int) -> bool:
    """The master and two workers, none of them the killed one."""
    pids = world.server.pids()
    return len(pids) == 3 and killed not in pids
