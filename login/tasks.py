"""Clean-up of what has had its time."""

from datetime import timedelta

from celery import shared_task

from core import clock
from core.purging import purge_rows
from login.models import LoginAttempt

KEPT = timedelta(days=1)


@shared_task
def purge_attempts() -> None:
    """Delete the logins that waited for a second factor, in bounded batches."""
    purge_rows(LoginAttempt.objects.filter(expires_at__lt=clock.now() - KEPT), oldest_by="expires_at")
