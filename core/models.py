"""Base models, and the tables that belong to no business: the outboxes of mail and SMS, the throttles' counters."""

import os
import time
import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models

from core.fields import SealedTextField


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562, version 7): new rows land at the end of their index."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)


class UUIDModel(models.Model):
    """A row named by a random, time-ordered UUID."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class OneTimeModel(UUIDModel):
    """A row that may be used once, until it expires: see `core.consume`."""

    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class OutgoingQuerySet(models.QuerySet[Any]):
    """Which messages, for the sweep and the clean-up."""

    def due(self, now: datetime) -> Self:
        """Waiting with their time come, or claimed by a worker that died."""
        waiting = models.Q(status=Outgoing.Status.PENDING, next_attempt_at__lte=now)
        abandoned = models.Q(status=Outgoing.Status.SENDING, claimed_until__lte=now)
        return self.filter(waiting | abandoned)


class Outgoing(UUIDModel):
    """A message on its way to a person. Its words hold codes and links: they are sealed, and wiped once sent."""

    class Status(models.TextChoices):
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        MAILBOX = "mailbox", "kept in the development mailbox"

    kind = models.CharField(max_length=64)
    recipient = models.CharField(max_length=320)
    created_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=64, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} ({self.status})"


def _outbox_indexes(table: str) -> list[models.Index]:
    return [
        models.Index(
            fields=["next_attempt_at"],
            name=f"{table}_open",
            condition=models.Q(status__in=["pending", "sending"]),
        ),
        models.Index(fields=["created_at"], name=f"{table}_created"),
        # The clean-up finds the few whose words are still to be wiped among all that are kept.
        models.Index(
            fields=["created_at"],
            name=f"{table}_words",
            condition=models.Q(status__in=["pending", "failed"]) & ~models.Q(text=""),
        ),
    ]


class Mail(Outgoing):
    """One mail of the outbox."""

    subject = SealedTextField(purpose="mail", blank=True)
    text = SealedTextField(purpose="mail", blank=True)
    html = SealedTextField(purpose="mail", blank=True)

    class Meta:
        indexes = _outbox_indexes("core_mail")


class Sms(Outgoing):
    """One short message of the outbox."""

    text = SealedTextField(purpose="sms", blank=True)
    spoken_in = models.CharField(
        max_length=16,
        blank=True,
        default="",
        db_default="",
        help_text="The language in which a call reads it out; empty: it is an SMS.",
    )

    class Meta:
        indexes = _outbox_indexes("core_sms")
        verbose_name = "SMS"
        verbose_name_plural = "SMS"


class ThrottleCounter(models.Model):
    """How often a limited thing was tried in the running window: see `core.throttle`."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}…: {self.count}"


class IdempotentAnswer(models.Model):
    """What a POST with an `Idempotency-Key` was answered, for its repetition: see `core.api.idempotency`."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, help_text="Empty while the request is being done.")
    answer = SealedTextField(purpose="idempotent-answer", blank=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key_hash[:8]}…"
