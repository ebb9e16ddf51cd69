"""kill -9 of Celery in mid-load: a process of its pool, which it replaces, then all of it."""

import time
from collections.abc import Callable

from tests.faults.ledger import moment
from tests.faults.load import load
from tests.faults.reckoning import settle
from tests.faults.watch import watch
from tests.faults.world import World
from tests.support.process import children, kill


def test_celery_killed(world: World, say: Callable[[str], None]) -> None:
    """Requests notice nothing. Mail waits in the outbox and leaves once, when a worker is there again."""
    celery = world.server.worker
    assert celery is not None
    with load(world) as ledger, watch(world) as watched:
        ledger.wait_for_every_kind()
        began = moment()
        kill(children(celery.pid)[-1:])
        time.sleep(1.5)
        celery.kill9()
        time.sleep(1.5)
        celery.start()  # as a supervisor does
        back_at = moment()
        ledger.wait_for_every_kind(back_at)
    assert watched.statuses("/readyz", began, moment()) == {200}
    assert not ledger.unknown()
    counted = settle(world, ledger, most_repeated_mails=2)
    say(f"last mail {moment() - back_at:.1f} s after the worker was back; {counted}")
