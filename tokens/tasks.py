"""Clean-up of what has had its time."""

from datetime import timedelta

from celery import shared_task

from core import clock
from core.purging import purge_rows
from tokens.models import RevokedAccessToken, TokenFamily

KEPT = timedelta(days=7)  # a replay within a week after the family's end is still recognised


@shared_task
def purge_tokens() -> None:
    """Delete families past their absolute life, with their refresh tokens, and outlived revocations."""
    now = clock.now()
    purge_rows(TokenFamily.objects.filter(expires_at__lt=now - KEPT), oldest_by="expires_at")
    purge_rows(RevokedAccessToken.objects.filter(expires_at__lt=now), oldest_by="expires_at")
