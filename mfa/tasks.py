"""Clean-up of what has had its time."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db.models import QuerySet

from core import clock
from core.purging import purge_rows
from mfa.models import Factor, FactorReset, FactorResetCode, SentCode, WebAuthnChallenge

KEPT = timedelta(days=1)


@shared_task
def purge_factors() -> None:
    """Delete used and expired codes, challenges and resets, and set-ups that nobody finished, in bounded batches."""
    before = clock.now() - KEPT
    for model in (SentCode, WebAuthnChallenge, FactorResetCode, FactorReset):
        rows: QuerySet[Any] = model._default_manager.all()
        purge_rows(rows.filter(expires_at__lt=before), oldest_by="expires_at")
    purge_rows(Factor.objects.filter(confirmed=False, created_at__lt=before), oldest_by="created_at")
