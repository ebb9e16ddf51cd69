"""The outbox of mail: each row is delivered once, by whoever claims it first.

kill -9 at any point loses nothing: a row stays until the mail server's 250, and a claim whose worker died
runs out. The one possible duplicate: the process or its database dies after the 250 and before the UPDATE
that notes it.
The repeated mail carries the same Message-ID, by which mail programs may know it again.
"""

import time
from datetime import datetime, timedelta
from enum import StrEnum
from smtplib import SMTPDataError, SMTPRecipientsRefused
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.db.models import F, QuerySet

from core import smtp
from core.models import Mail
from core.purging import purge_rows

log = structlog.get_logger(__name__)

RETRY_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
)
CLAIM = timedelta(seconds=2 * smtp.SEND_SECONDS)
BATCH = 100
MAX_GIVEN_UP = 10_000
WORDS_KEPT = timedelta(hours=24)
ROWS_KEPT = timedelta(days=30)
WIPED = {"subject": "", "text": "", "html": ""}


class Delivery(StrEnum):
    """How an attempt went."""

    SENT = "sent"
    KEPT = "kept"  # no mail server is configured: development
    NOT_DUE = "not due"  # sent already, or someone else is at it
    REFUSED = "refused"  # this mail
    SERVER_AWAY = "server away"  # every mail would fare the same


def deliver(mail_id: UUID, *, now: datetime) -> Delivery:
    """Claim the mail, send it, and note how it went."""
    due = Mail.objects.filter(pk=mail_id).due(now)
    if not settings.JANUA.smtp_host:
        is_kept = due.update(status=Mail.Status.MAILBOX, claimed_until=None)
        return Delivery.KEPT if is_kept else Delivery.NOT_DUE
    claim = {"status": Mail.Status.SENDING, "claimed_until": now + CLAIM, "attempts": F("attempts") + 1}
    if not due.update(**claim):
        return Delivery.NOT_DUE
    return _send(Mail.objects.defer(*WIPED).get(pk=mail_id), now)


def sweep(*, now: datetime) -> None:
    """Deliver a batch of what is due. Stops when the mail server is away: the next sweep tries again."""
    started = time.monotonic()
    for mail_id in Mail.objects.due(now).order_by("next_attempt_at").values_list("pk", flat=True)[:BATCH]:
        # A batch may take minutes, and a claim counts from its own beginning.
        elapsed = timedelta(seconds=time.monotonic() - started)
        if deliver(mail_id, now=now + elapsed) is Delivery.SERVER_AWAY:
            return


def purge(*, now: datetime) -> None:
    """Give up what is a day old and wipe its words; forget old mails altogether."""
    unsent = Mail.objects.filter(status__in=(Mail.Status.PENDING, Mail.Status.FAILED)).exclude(text="")
    _give_up(unsent.filter(created_at__lte=now - WORDS_KEPT))
    ended = (Mail.Status.SENT, Mail.Status.FAILED, Mail.Status.MAILBOX)
    purge_rows(Mail.objects.filter(status__in=ended, created_at__lte=now - ROWS_KEPT), oldest_by="created_at")


def _give_up(unsent: QuerySet[Mail]) -> None:
    """In batches, so that no sender waits long for a row; what is left after so many goes with the next run."""
    for _ in range(MAX_GIVEN_UP // BATCH):
        batch = list(unsent.order_by("created_at").values_list("pk", flat=True)[:BATCH])
        if not unsent.filter(pk__in=batch).update(status=Mail.Status.FAILED, **WIPED):
            return


def _send(mail: Mail, now: datetime) -> Delivery:
    try:
        mail.refresh_from_db(fields=list(WIPED))  # here, so that words that do not unseal count as a failure
        with smtp.connection() as connection:
            connection.send_messages([smtp.message_of(mail)])
            # Before the server is bidden goodbye: it has answered 250, and may be slow to answer more.
            _note_sent(mail, now)
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the mail server does, the row is retried
        return _note_failure(mail, error, now)
    return Delivery.SENT


def _note_sent(mail: Mail, now: datetime) -> None:
    """The words were secrets: they do not rest here a moment longer than needed."""
    Mail.objects.filter(pk=mail.pk).update(
        status=Mail.Status.SENT, sent_at=now, claimed_until=None, last_error="", **WIPED
    )
    log.info("mail_sent", mail_id=str(mail.pk), mail_kind=mail.kind, attempts=mail.attempts)


def _note_failure(mail: Mail, error: Exception, now: datetime) -> Delivery:
    """Schedule the next attempt or give up. Only the error's class is kept: its words may hold addresses."""
    is_over = mail.attempts > len(RETRY_DELAYS)
    delay = timedelta() if is_over else RETRY_DELAYS[mail.attempts - 1]
    ours = Mail.objects.filter(pk=mail.pk, status=Mail.Status.SENDING, claimed_until=mail.claimed_until)
    is_noted = ours.update(
        status=Mail.Status.FAILED if is_over else Mail.Status.PENDING,
        next_attempt_at=now + delay,
        claimed_until=None,
        last_error=type(error).__name__[:64],
    )
    if not is_noted:
        return Delivery.SENT  # only the goodbye failed
    log.warning(
        "mail_given_up" if is_over else "mail_postponed",
        mail_id=str(mail.pk),
        mail_kind=mail.kind,
        attempts=mail.attempts,
        error=type(error).__name__,
    )
    # smtplib's errors are OSErrors too: what is none, such as a header that cannot be, is this mail's fault.
    is_servers_fault = isinstance(error, OSError) and not isinstance(
        error, SMTPRecipientsRefused | SMTPDataError
    )
    return Delivery.SERVER_AWAY if is_servers_fault else Delivery.REFUSED
