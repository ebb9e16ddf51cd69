"""Child processes that are started, watched and ended by their own process id, never by name."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.ports import NotReadyError, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
LOG_TAIL = 4000  # characters of a log shown when its process does not come up
STOP_SECONDS = 15.0


def bare_environment(home: Path, **extra: str) -> dict[str, str]:
    """The few variables any program needs; nothing of the test run's own environment leaks in."""
    path = os.environ.get("PATH", "/usr/bin:/bin")
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **extra}


def unprivileged_user(*candidates: str) -> str | None:
    """The first candidate that exists, when we are root and must step down; None otherwise."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in (*candidates, "nobody") if name in known)


class Workspace:
    """A temporary directory, given to the user that will work in it, removed at the end."""

    def __init__(self, name: str, owner: str | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"janua-{name}-"))
        if owner is not None:
            shutil.chown(self.path, owner)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def parents() -> dict[int, int]:
    """Every visible process id with its parent's, read from /proc."""
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # it ended while we looked
            # The program's name stands in brackets and may hold spaces: count from the last bracket.
            found[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return found


def children(pid: int) -> list[int]:
    """The direct children of a process, oldest first."""
    return sorted(child for child, parent in parents().items() if parent == pid)


def descendants(pid: int) -> list[int]:
    """All processes beneath one, however deep."""
    family, generation = parents(), [pid]
    found: list[int] = []
    while generation:
        generation = [child for child, parent in family.items() if parent in generation]
        found += generation
    return found


def runs(pid: int) -> bool:
    """Tell whether the process exists and is more than a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def kill(pids: Sequence[int], number: signal.Signals = signal.SIGKILL) -> None:
    """Signal each process that still exists."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


@dataclass(slots=True, kw_only=True, eq=False)
class Process:
    """One child in a process group of its own, its output in a log file, ready when `ready()` says so."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    cwd: Path = REPOSITORY
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    ready_seconds: float = 60.0
    _popen: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the child and wait until it is ready; a child that fails is ended and its log shown."""
        if self.is_alive():
            raise RuntimeError(f"{self.name} already runs")
        self._end_group()
        groups: list[int] | None = [] if self.user else None
        group = pwd.getpwnam(self.user).pw_gid if self.user else None
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                self.command, env=dict(self.environment), cwd=self.cwd, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                user=self.user, group=group, extra_groups=groups,
            )  # fmt: skip
        _running.add(self)
        try:
            wait_until(self._ready_or_dead, self.ready_seconds, self.name)
            if not self.is_alive():
                raise NotReadyError(f"{self.name} ended while starting")
        except NotReadyError as error:
            self.kill9()
            raise NotReadyError(f"{error}; its log ends:\n{self.log_text()[-LOG_TAIL:]}") from None
        except BaseException:
            self.kill9()
            raise

    @property
    def pid(self) -> int:
        if self._popen is None:
            raise RuntimeError(f"{self.name} does not run")
        return self._popen.pid

    def is_alive(self) -> bool:
        """Look without reaping, so that the process id stays ours until we end its group."""
        if self._popen is None:
            return False
        return os.waitid(os.P_PID, self._popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask the child to end; whatever of it is left after so many seconds is killed."""
        if self._popen is not None and self.is_alive():
            kill([self.pid], self.stop_signal)
            try:
                wait_until(lambda: not self.is_alive(), seconds, f"the end of {self.name}")
            except NotReadyError:
                self.kill9()
        self._end_group()

    def kill9(self) -> None:
        """End the child and all its descendants at once, as a crash would."""
        if self._popen is not None and self.is_alive():
            # Descendants may have left the group (PostgreSQL's backends do), so each is named.
            family = [self.pid, *descendants(self.pid)]
            kill(family)
            wait_until(lambda: not any(map(runs, family)), STOP_SECONDS, f"the end of {self.name}")
        self._end_group()

    def restart(self) -> None:
        self.stop()
        self.start()

    def log_text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _ready_or_dead(self) -> bool:
        return not self.is_alive() or self.ready()

    def _end_group(self) -> None:
        """Kill what is left of the group, then reap its leader."""
        if self._popen is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()
        self._popen = None
        _running.discard(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


_running: set[Process] = set()


@atexit.register
def _end_all() -> None:
    """A test run that forgot a process still leaves none behind."""
    for process in list(_running):
        process.stop(seconds=5)
