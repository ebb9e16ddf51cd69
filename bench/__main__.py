"""`make bench`: about three minutes; prints figures, judges none of them (a shared machine is no judge).

`python -m bench refresh userinfo` measures only the rows whose names have one of these words, in half a minute.
"""

import os
import sys

from bench import crowd, report, start
from bench.cpu import pin
from bench.measure import measure
from bench.operations import ROWS, rows_named
from bench.site import site
from tests.support.janua import JanuaServer


def main(*words: str) -> None:
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) > 1:
        print(f"servers on CPU {cpus[0]}, load on CPU {cpus[-1]}\n", flush=True)
    pin({cpus[0]})  # what is started now stays there
    if not words:
        _as_make_run()
    with site() as measured:
        pin({cpus[-1]})
        for line in report.table(measure(measured, rows_named(words))):
            print(line, flush=True)
        if words:
            return
        row = next(row for row in ROWS if row.name == "client_credentials")
        print(*report.crowds(row.name, crowd.compare(measured, row)), sep="\n", flush=True)
        weight = start.weight(measured.server)
        pin({cpus[0]})
        times = start.second_start(measured.server)
        print(report.around("PostgreSQL and Redis, two workers", *times, weight, 250))


def _as_make_run() -> None:
    """SQLite and no Redis, as `make run` does it."""
    with JanuaServer() as server:
        times = start.second_start(server)
        print(report.around("make run", *times, start.weight(server), 200), "\n", flush=True)


main(*sys.argv[1:])
