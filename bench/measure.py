"""Rounds: every row in turn, again and again, so that a busy moment of the machine hits them alike."""

import os
from dataclasses import dataclass, field
from statistics import median

from bench.cpu import cpu_nanoseconds, milliseconds_between, tree
from bench.limits import Limits
from bench.operations import ROWS, Row
from bench.site import Site
from bench.wire import Connection, Operation

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))  # 1: only to see that every row works
WARM_UP = 20


@dataclass(slots=True)
class Figures:
    """CPU milliseconds of each round."""

    rows: dict[str, list[float]] = field(default_factory=dict)
    signature: list[float] = field(default_factory=list)
    password_hash: list[float] = field(default_factory=list)

    def of(self, row: Row) -> float:
        return median(self.rows[row.name])

    def limit_of(self, row: Row) -> float:
        """What the row's parts cost at least, in the same run."""
        view = median(self.rows[ROWS[0].name])
        parts = (row.views * view, row.signatures * median(self.signature))
        return sum(parts) + row.hashes * median(self.password_hash)


def measure(site: Site, rows: tuple[Row, ...]) -> Figures:
    """Measure the rows, of which the first is the trivial view."""
    figures, limits = Figures(), Limits()
    operations = {row.name: row.make(site) for row in rows}
    connection = Connection("localhost", site.server.port)
    for operation in operations.values():
        for _ in range(WARM_UP):
            operation(connection)
    for _ in range(ROUNDS):
        figures.signature.append(limits.signature())
        figures.password_hash.append(limits.password_hash())
        for row in rows:
            spent = cpu_per_request(site, operations[row.name], connection, row.requests)
            figures.rows.setdefault(row.name, []).append(spent)
    connection.close()
    return figures


def cpu_per_request(site: Site, operation: Operation, connection: Connection, requests: int) -> float:
    """CPU milliseconds of server, PostgreSQL and Redis for one request."""
    before = cpu_nanoseconds(tree(site.pids))
    for _ in range(requests):
        operation(connection)
    return milliseconds_between(before, cpu_nanoseconds(tree(site.pids))) / requests
