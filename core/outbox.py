"""The outbox of what leaves for people (mail, SMS): each row is delivered once, by whoever claims it first.

kill -9 at any point loses nothing: a row stays until the other side took it, and a claim whose worker died
runs out. The one possible duplicate: the process or its database dies after the other side's yes and before the
UPDATE that notes it. The repetition carries the same id, by which it may be known again.

`core.smtp` and `core.sms_gateways` say how each kind leaves.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.db.models import F, QuerySet

from core.models import Outgoing
from core.purging import purge_rows

log = structlog.get_logger(__name__)

BATCH = 100
MAX_GIVEN_UP = 10_000
ROWS_KEPT = timedelta(days=30)

M = TypeVar("M", bound=Outgoing)


class Delivery(StrEnum):
    """How an attempt went."""

    SENT = "sent"
    KEPT = "kept"  # nothing to send with is configured: development
    NOT_DUE = "not due"  # sent already, or someone else is at it
    REFUSED = "refused"  # this one
    SERVER_AWAY = "server away"  # every other would fare the same


class Outbox(Generic[M]):
    """One kind of message: its table, its patience, and how it leaves."""

    model: type[M]
    name: ClassVar[str]
    words: ClassVar[tuple[str, ...]]
    """The columns that hold secrets: sealed, and wiped once sent."""
    claim: ClassVar[timedelta]
    """How long one worker has a row to itself: longer than the slowest delivery."""
    retry_delays: ClassVar[tuple[timedelta, ...]]
    words_kept: ClassVar[timedelta]
    """What is older is of no use to anybody: it is not sent any more, and wiped."""

    def is_kept_here(self) -> bool:
        """Whether there is nothing to send with: then the rows stay, to be read in development."""
        raise NotImplementedError

    def carry(self, row: M, note_sent: Callable[[], None]) -> None:
        """Send it, and call `note_sent` as soon as the other side has taken it. Raises whatever goes wrong."""
        raise NotImplementedError

    def is_servers_fault(self, error: Exception) -> bool:
        """Whether every other message would fare the same."""
        raise NotImplementedError

    def is_final(self, _error: Exception) -> bool:
        """Whether trying again would be wrong."""
        return False

    def name_of(self, error: Exception) -> str:
        """What operators may read: never the error's words, they may hold addresses."""
        return type(error).__name__

    def deliver(self, row_id: UUID, *, now: datetime) -> Delivery:
        """Claim the row, send it, and note how it went."""
        due = self._due(now).filter(pk=row_id)
        if self.is_kept_here():
            is_kept = due.update(status=Outgoing.Status.MAILBOX, claimed_until=None)
            return Delivery.KEPT if is_kept else Delivery.NOT_DUE
        claimed_until = now + self.claim
        if not due.update(
            status=Outgoing.Status.SENDING, claimed_until=claimed_until, attempts=F("attempts") + 1
        ):
            return Delivery.NOT_DUE
        return self._send(self.model._default_manager.defer(*self.words).get(pk=row_id), now)

    def sweep(self, *, now: datetime) -> None:
        """Deliver a batch of what is due. Stops when the server is away: the next sweep tries again."""
        started = time.monotonic()
        for row_id in self._due(now).order_by("next_attempt_at").values_list("pk", flat=True)[:BATCH]:
            # A batch may take minutes, and a claim counts from its own beginning.
            elapsed = timedelta(seconds=time.monotonic() - started)
            if self.deliver(row_id, now=now + elapsed) is Delivery.SERVER_AWAY:
                return

    def purge(self, *, now: datetime) -> None:
        """Give up what is too old and wipe its words; forget old rows altogether."""
        rows, status = self.model._default_manager, Outgoing.Status
        unsent = rows.filter(status__in=(status.PENDING, status.FAILED)).exclude(text="")
        self._give_up(unsent.filter(created_at__lte=now - self.words_kept), oldest_by="created_at")
        # Its worker died, and by now it is too old for another to take over.
        abandoned = rows.filter(status=status.SENDING, claimed_until__lte=now)
        abandoned = abandoned.filter(created_at__lte=now - self.words_kept, next_attempt_at__lte=now)
        self._give_up(abandoned, oldest_by="next_attempt_at")
        ended = (status.SENT, status.FAILED, status.MAILBOX)
        purge_rows(rows.filter(status__in=ended, created_at__lte=now - ROWS_KEPT), oldest_by="created_at")

    @property
    def _wiped(self) -> dict[str, str]:
        return dict.fromkeys(self.words, "")

    def _due(self, now: datetime) -> QuerySet[M]:
        return self.model._default_manager.due(now).filter(created_at__gt=now - self.words_kept)

    def _give_up(self, unsent: QuerySet[M], *, oldest_by: str) -> None:
        """In batches, so that no sender waits long for a row; what is left after so many goes with the next run."""
        for _ in range(MAX_GIVEN_UP // BATCH):
            batch = list(unsent.order_by(oldest_by).values_list("pk", flat=True)[:BATCH])
            if not unsent.filter(pk__in=batch).update(status=Outgoing.Status.FAILED, **self._wiped):
                return

    def _send(self, row: M, now: datetime) -> Delivery:
        try:
            # Here, so that words that do not unseal count as a failure.
            row.refresh_from_db(fields=list(self.words))
            self.carry(row, lambda: self._note_sent(row, now))
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the other side does, the row is not lost
            return self._note_failure(row, error, now)
        return Delivery.SENT

    def _note_sent(self, row: M, now: datetime) -> None:
        """The words were secrets: they do not rest here a moment longer than needed."""
        self.model._default_manager.filter(pk=row.pk).update(
            status=Outgoing.Status.SENT, sent_at=now, claimed_until=None, last_error="", **self._wiped
        )
        self._log(log.info, "sent", row)

    def _note_failure(self, row: M, error: Exception, now: datetime) -> Delivery:
        """Schedule the next attempt or give up."""
        is_over = row.attempts > len(self.retry_delays) or self.is_final(error)
        delay = timedelta() if is_over else self.retry_delays[row.attempts - 1]
        ours = self.model._default_manager.filter(
            pk=row.pk, status=Outgoing.Status.SENDING, claimed_until=row.claimed_until
        )
        is_noted = ours.update(
            status=Outgoing.Status.FAILED if is_over else Outgoing.Status.PENDING,
            next_attempt_at=now + delay,
            claimed_until=None,
            last_error=self.name_of(error)[:64],
        )
        if not is_noted:
            return Delivery.SENT  # only the goodbye failed
        self._log(log.warning, "given_up" if is_over else "postponed", row, error=self.name_of(error))
        return Delivery.SERVER_AWAY if self.is_servers_fault(error) else Delivery.REFUSED

    def _log(self, write: Callable[..., object], what: str, row: M, **more: str) -> None:
        names = {f"{self.name}_id": str(row.pk), f"{self.name}_kind": row.kind}
        write(f"{self.name}_{what}", attempts=row.attempts, **names, **more)
