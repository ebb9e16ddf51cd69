"""Clean-up of what has had its time."""

from datetime import timedelta

from celery import shared_task

from core import clock
from core.purging import purge_rows
from mfa.models import Factor, SentCode, WebAuthnChallenge

KEPT = timedelta(days=1)


@shared_task
def purge_factors() -> None:
    """Delete used and expired codes and challenges, and set-ups that nobody finished, in bounded batches."""
    before = clock.now() - KEPT
    for rows in (SentCode.objects.all(), WebAuthnChallenge.objects.all()):
        purge_rows(rows.filter(expires_at__lt=before), oldest_by="expires_at")
    purge_rows(Factor.objects.filter(confirmed=False, created_at__lt=before), oldest_by="created_at")
