"""What an orchestrator sees of the server: the two probes, several times a second."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.ledger import moment
from tests.faults.world import World

EVERY = 0.1


class Watch:
    """Answers of /livez and /readyz, with their moments."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, str, int]] = []

    def statuses(self, path: str, since: float, until: float) -> set[int]:
        return {status for at, probe, status in self.seen if probe == path and since <= at <= until}

    def ready_again_after(self, since: float) -> float:
        """Seconds from the moment until /readyz said 200."""
        return (
            min(at for at, path, status in self.seen if path == "/readyz" and status == 200 and at > since)
            - since
        )


@contextmanager
def watch(world: World) -> Iterator[Watch]:
    watched, stop = Watch(), threading.Event()

    def look() -> None:
        while not stop.is_set():
            for path in ("/livez", "/readyz"):
                asked_at = moment()
                watched.seen.append((asked_at, path, world.status(path)))
            time.sleep(EVERY)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watched
    finally:
        stop.set()
        thread.join(60)
