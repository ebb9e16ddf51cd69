"""`make bench-scale`: what the size of the tables costs. The same requests to a small and a large database, in turn.

The large one is a million people, five million refresh tokens and ten million audit entries (--users and so
on change that): half an hour and 25 GB of disk, nearly all for the seeding.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from statistics import median

import psycopg

from bench import console
from bench.cpu import pin
from bench.measure import WARM_UP, cpu_per_request
from bench.operations import client_credentials
from bench.site import Site, site
from bench.wire import Connection, Operation, post_json
from tests.support.process import REPOSITORY

GOAL = 1.2
ROUNDS = 7
SMALL = (10_000, 50_000, 100_000)
LARGE = (1_000_000, 5_000_000, 10_000_000)
OPTIONS = ("--users", "--refresh-tokens", "--audit-events")
PEOPLE_WHO_REFRESH = 50
# PostgreSQL's own defaults are for a machine of 1998; a fourth of a small server's memory is what its manual advises.
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB"}
TABLES = """
    SELECT relname, reltuples::bigint, pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 3 DESC LIMIT 6
"""


@dataclass(frozen=True, slots=True)
class Seeded:
    """A site whose database has so many people, all with one password."""

    site: Site
    users: int
    password: str

    def people(self, seed: str) -> Iterator[str]:
        """Addresses of people who may sign in, from all over the table."""
        draw = random.Random(seed)
        while True:
            number = draw.randrange(self.users)
            if (
                number % 33 != 32 and number % 20 != 0
            ):  # neither suspended nor unverified (admin_panel.seeding)
                yield f"seed{number}@seed.example"

    def execute(self, *statements: str) -> list[tuple[object, ...]]:
        """Run them past the product; the rows of the last."""
        with psycopg.connect(self.site.server.environment["DATABASE_URL"], autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for option, size in zip(OPTIONS, LARGE, strict=True):
        parser.add_argument(option, type=int, default=size)
    given = parser.parse_args()
    cpus = sorted(os.sched_getaffinity(0))
    pin({cpus[0]})  # what is started now stays there
    with ExitStack() as stack:
        sites = [stack.enter_context(site()) for _ in range(2)]
        for each in sites:
            _configure(each)
        pin(set(cpus))  # a seeding is two processes
        small = seed(sites[0], SMALL)
        large = seed(sites[1], (given.users, given.refresh_tokens, given.audit_events))
        pin({cpus[-1]})
        compare(small, large)
        print(*console.waits(large.site, large.users), sep="\n", flush=True)
        clean_up(large)


def _configure(each: Site) -> None:
    with psycopg.connect(each.postgres.url, autocommit=True) as connection:
        for name, value in SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    each.postgres.restart()


def seed(each: Site, sizes: tuple[int, int, int]) -> Seeded:
    """Seed through the product's command, then settle: what PostgreSQL does once after a load is not measured."""
    arguments = [f"{option}={size}" for option, size in zip(OPTIONS, sizes, strict=True)]
    started = time.monotonic()
    done = each.server.manage("seed", *arguments)
    print(f"seed {' '.join(arguments)}: {time.monotonic() - started:,.0f} s")
    print(
        *(f"  {line}" for line in done.stderr.splitlines() if " of " not in line or _is_last(line)), sep="\n"
    )
    seeded = Seeded(each, sizes[0], done.stdout.rpartition(" ")[2].strip())
    started = time.monotonic()
    seeded.execute("VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    print(f"  vacuum: {time.monotonic() - started:,.0f} s")
    for name, rows, size, indexes in seeded.execute(TABLES):
        print(
            f"  {name:<28} {rows:>12,} rows {int(str(size)) >> 20:>8,} MB, of which {int(str(indexes)) >> 20:,} indexes"
        )
    print(flush=True)
    return seeded


def _is_last(line: str) -> bool:
    found = re.search(r": ([\d,]+) of ([\d,]+)", line)
    return found is not None and found[1] == found[2]


def compare(small: Seeded, large: Seeded) -> None:
    """Each row in alternating rounds on both sites; what a row costs is the median of its rounds."""
    rows: dict[str, list[Callable[[], float]]] = {
        "login": [_requests(each, log_in(each), 30) for each in (small, large)],
        "client_credentials": [
            _requests(each, client_credentials(each.site), 200) for each in (small, large)
        ],
        "refresh": [_requests(each, refresh(each), 200) for each in (small, large)],
        "audit insert": [partial(inside, each, "append") for each in (small, large)],
    }
    print(
        f"{'CPU ms, with the database':<28} {'small':>8} {'large':>8} {'ratio':>7}   rounds of small, of large"
    )
    for name, measures in rows.items():
        rounds = [[measure() for measure in measures] for _ in range(ROUNDS)]
        spent = [[each[place] for each in rounds] for place in range(2)]
        few, many = map(median, spent)
        verdict = "met" if many / few <= GOAL else "MISSED"
        detail = " | ".join(" ".join(f"{each:.2f}" for each in side) for side in spent)
        print(f"{name:<28} {few:>8.3f} {many:>8.3f} {many / few:>7.2f}   {verdict}  {detail}", flush=True)


def _requests(each: Seeded, operation: Operation, count: int) -> Callable[[], float]:
    def measure() -> float:
        connection = Connection("localhost", each.site.server.port)  # the server lets go of idle ones
        for _ in range(WARM_UP):
            operation(connection)
        spent = cpu_per_request(each.site, operation, connection, count)
        connection.close()
        return spent

    return measure


def log_in(each: Seeded) -> Operation:
    """Somebody else each time."""
    people = each.people("who signs in")

    def operation(connection: Connection) -> None:
        body = {"email": next(people), "password": each.password}
        connection.exchange(post_json(each.site.host, "/api/v1/auth/login", body))

    return operation


def refresh(each: Seeded) -> Operation:
    """In turn, the tokens of fifty people."""
    people, host = each.people("who refreshes"), each.site.host
    connection = Connection("localhost", each.site.server.port)
    tokens: list[str] = []
    for _ in range(PEOPLE_WHO_REFRESH):
        body = {"email": next(people), "password": each.password}
        tokens.append(
            connection.exchange(post_json(host, "/api/v1/auth/login", body)).json()["tokens"]["refresh_token"]
        )
    turns = cycle(range(PEOPLE_WHO_REFRESH))

    def operation(connection: Connection) -> None:
        turn = next(turns)
        request = post_json(host, "/api/v1/auth/token/refresh", {"refresh_token": tokens[turn]})
        tokens[turn] = connection.exchange(request).json()["refresh_token"]

    return operation


def clean_up(each: Seeded) -> None:
    """Forty thousand families are made due, more than one run deletes."""
    each.execute(
        "UPDATE tokens_tokenfamily SET expires_at = expires_at - interval '60 days' WHERE id IN "
        "(SELECT id FROM tokens_tokenfamily ORDER BY id LIMIT 40000)",
        "ANALYZE tokens_tokenfamily",
    )
    for _ in range(3):
        count, started = _rows(each), time.monotonic()
        spent = inside(each, "purge")
        took = time.monotonic() - started
        print(
            f"a run of the clean-up: {count - _rows(each):,} rows, {spent / 1000:.1f} s CPU ({took:.1f} s)",
            flush=True,
        )


def _rows(each: Seeded) -> int:
    counts = each.execute(
        "SELECT (SELECT count(*) FROM tokens_refreshtoken) + (SELECT count(*) FROM tokens_tokenfamily)"
    )
    return int(str(counts[0][0]))


def inside(each: Seeded, work: str) -> float:
    """See `bench.inside`: on the CPU of the servers."""
    cpu = min(os.sched_getaffinity(each.site.server.process.pid))
    command = ["taskset", "-c", str(cpu), sys.executable, "-m", "bench.inside", work]
    variables = each.site.server.environment
    return float(
        subprocess.run(
            command, env=variables, cwd=REPOSITORY, capture_output=True, text=True, check=True
        ).stdout
    )


if __name__ == "__main__":
    main()
