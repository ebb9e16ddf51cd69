"""What processes have used so far, read from /proc: CPU time and memory of whole trees."""

import os
from collections.abc import Iterable
from pathlib import Path

from tests.support.process import descendants

NANOSECONDS_PER_MILLISECOND = 1_000_000


def tree(pids: Iterable[int]) -> list[int]:
    """The processes and everything beneath them."""
    return [each for pid in pids for each in (pid, *descendants(pid))]


def cpu_nanoseconds(pids: Iterable[int]) -> dict[int, int]:
    """CPU time (user and system) of every thread of the processes, by thread id.

    utime and stime of /proc/<pid>/stat come in ticks of 10 ms; schedstat has the same sum in nanoseconds.
    """
    used: dict[int, int] = {}
    for pid in pids:
        try:
            threads = list(Path(f"/proc/{pid}/task").iterdir())
        except FileNotFoundError:
            continue  # it ended
        for thread in threads:
            try:
                used[int(thread.name)] = int((thread / "schedstat").read_text().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue
    return used


def milliseconds_between(before: dict[int, int], after: dict[int, int]) -> float:
    """CPU time used between two readings, by threads that lived through it or began within it."""
    used = sum(now - before.get(thread, 0) for thread, now in after.items())
    return used / NANOSECONDS_PER_MILLISECOND


def pss_megabytes(pids: Iterable[int]) -> float:
    """Memory of the processes; pages that several share are shared out among them."""
    kilobytes = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kilobytes += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kilobytes / 1024


def pin(cpus: set[int]) -> None:
    """Keep this thread, and what it starts from now on, on these CPUs."""
    os.sched_setaffinity(0, cpus)
