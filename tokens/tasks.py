"""What happens to keys and tokens by itself: rotation, and clean-up of what has had its time."""

from datetime import timedelta

from celery import shared_task

from core import clock
from core.purging import purge_rows
from tokens.models import RevokedAccessToken, TokenFamily
from tokens.services import keys

KEPT = timedelta(days=7)  # a replay within a week after the family's end is still recognised


@shared_task
def rotate_due_keys() -> None:
    """Rotate the signing keys that are old enough."""
    keys.rotate_due_keys(now=clock.now())


@shared_task
def purge_tokens() -> None:
    """Delete families past their absolute life, with their refresh tokens, outlived revocations and keys."""
    now = clock.now()
    purge_rows(TokenFamily.objects.filter(expires_at__lt=now - KEPT), oldest_by="expires_at")
    purge_rows(RevokedAccessToken.objects.filter(expires_at__lt=now), oldest_by="expires_at")
    keys.purge_keys(now=now)
