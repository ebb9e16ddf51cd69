"""Many clients at once: throughput and errors at concurrency 16 and 64."""

import threading
import time
from dataclasses import dataclass
from statistics import median

from bench.operations import Row
from bench.site import Site
from bench.wire import Connection

SECONDS = 4.0
ROUNDS = 3


@dataclass(slots=True)
class Crowd:
    """One run: so many clients, each asking again as soon as it is answered."""

    clients: int
    answered: int = 0
    failed: int = 0
    per_second: float = 0.0


def compare(site: Site, row: Row, counts: tuple[int, ...] = (16, 64)) -> list[Crowd]:
    """Alternating rounds of each count; throughput is the median, failures add up."""
    runs: dict[int, list[Crowd]] = {count: [] for count in counts}
    for _ in range(ROUNDS):
        for count in counts:
            runs[count].append(_run(site, row, count))
    return [_sum(count, done) for count, done in runs.items()]


def _sum(count: int, runs: list[Crowd]) -> Crowd:
    return Crowd(
        count,
        sum(run.answered for run in runs),
        sum(run.failed for run in runs),
        median(run.per_second for run in runs),
    )


def _run(site: Site, row: Row, count: int) -> Crowd:
    crowd, lock, started = Crowd(count), threading.Lock(), time.monotonic()
    end = started + SECONDS

    def client() -> None:
        operation, connection = row.make(site), Connection("localhost", site.server.port)
        answered = failed = 0
        while time.monotonic() < end:
            try:
                operation(connection)
                answered += 1
            except (RuntimeError, OSError):
                connection.close()
                failed += 1
        connection.close()
        with lock:
            crowd.answered += answered
            crowd.failed += failed

    threads = [threading.Thread(target=client) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    crowd.per_second = crowd.answered / (time.monotonic() - started)
    return crowd
