"""Celery's tasks of the outbox. Each loads nothing and calls one service; the rows decide what happens."""

from uuid import UUID

from celery import shared_task

from core import clock, outbox, throttle_database
from core.models import IdempotentAnswer
from core.purging import purge_rows


@shared_task
def deliver_mail(mail_id: str) -> None:
    """Deliver one mail, if it is still due."""
    outbox.deliver(UUID(mail_id), now=clock.now())


@shared_task
def sweep_outbox() -> None:
    """Deliver what is due: retries, lost wake-ups, mails whose worker died. Every 30 seconds."""
    outbox.sweep(now=clock.now())


@shared_task
def purge() -> None:
    """Clear away the words of failed mails, old mails, ended throttle windows, remembered answers. Every hour."""
    outbox.purge(now=clock.now())
    throttle_database.purge(now=clock.now())
    purge_rows(IdempotentAnswer.objects.filter(expires_at__lt=clock.now()), oldest_by="expires_at")
