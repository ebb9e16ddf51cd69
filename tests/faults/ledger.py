"""What the clients were told: the ledger against which the database is audited after a fault."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.support.ports import wait_until

PATIENCE_SECONDS = 30.0
EVENTS_OF = {
    "client_credentials": 1, "refresh": 1, "authorize": 1, "redeem": 1, "sign_up": 1, "verify": 2, "profile": 1,
}  # fmt: skip
"""How many lines of the audit trail one act writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request: acknowledged (2xx), refused (4xx), or of unknown outcome (5xx, no whole answer)."""

    kind: str
    request_id: str
    status: int
    ended_at: float
    seconds: float
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_acknowledged(self) -> bool:
        return 200 <= self.status < 400

    @property
    def is_refused(self) -> bool:
        return 400 <= self.status < 500


class Ledger:
    """Entries of all load threads, in the order of their answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        with self._lock:
            self.entries.append(entry)

    def acknowledged(self, kind: str = "") -> list[Entry]:
        return [each for each in list(self.entries) if each.is_acknowledged and kind in ("", each.kind)]

    def unknown(self, kind: str = "") -> list[Entry]:
        return [
            each
            for each in self.entries
            if not each.is_acknowledged and not each.is_refused and kind in ("", each.kind)
        ]

    def refused(self) -> list[Entry]:
        return [each for each in self.entries if each.is_refused]

    def wait_for_every_kind(self, since: float = 0.0) -> None:
        """Wait until every kind of act that began after the moment was acknowledged."""
        wait_until(lambda: not self._missing(since), PATIENCE_SECONDS, f"every kind of act {EVENTS_OF}")

    def recovered_after(self, since: float) -> float:
        """Seconds from the moment until every kind of act had been acknowledged again."""
        assert not self._missing(since), f"never acknowledged again: {self._missing(since)}"
        return max(self._firsts(since).values()) - since

    def _missing(self, since: float) -> set[str]:
        return set(EVENTS_OF) - set(self._firsts(since))

    def _firsts(self, since: float) -> dict[str, float]:
        firsts: dict[str, float] = {}
        for entry in self.acknowledged():
            if entry.ended_at - entry.seconds >= since:
                firsts.setdefault(entry.kind, entry.ended_at)
        return firsts

    def summary(self) -> str:
        kinds = ", ".join(f"{kind} {len(self.acknowledged(kind))}" for kind in EVENTS_OF)
        return f"acknowledged: {kinds}; of unknown outcome: {len(self.unknown())}"


def moment() -> float:
    return time.monotonic()
