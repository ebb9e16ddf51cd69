"""Celery's tasks of the outboxes. Each loads nothing and calls one service; the rows decide what happens."""

from uuid import UUID

from celery import shared_task

from core import clock, sms_gateways, smtp, throttle_database
from core.models import IdempotentAnswer
from core.purging import purge_rows


@shared_task
def deliver_mail(mail_id: str) -> None:
    """Deliver one mail, if it is still due."""
    smtp.OUTBOX.deliver(UUID(mail_id), now=clock.now())


@shared_task
def sweep_outbox() -> None:
    """Deliver the mail that is due: retries, lost wake-ups, mails whose worker died."""
    smtp.OUTBOX.sweep(now=clock.now())


@shared_task
def deliver_sms(sms_id: str) -> None:
    """Deliver one SMS, if it is still due."""
    sms_gateways.OUTBOX.deliver(UUID(sms_id), now=clock.now())


@shared_task
def sweep_sms() -> None:
    """Deliver the SMS that are due."""
    sms_gateways.OUTBOX.sweep(now=clock.now())


@shared_task
def purge() -> None:
    """Clear away words that were not sent, old mails and SMS, ended throttle windows, remembered answers."""
    smtp.OUTBOX.purge(now=clock.now())
    sms_gateways.OUTBOX.purge(now=clock.now())
    throttle_database.purge(now=clock.now())
    purge_rows(IdempotentAnswer.objects.filter(expires_at__lt=clock.now()), oldest_by="expires_at")
