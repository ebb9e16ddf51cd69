"""Clean-up of what has had its time."""

from datetime import timedelta

from celery import shared_task

from core import clock
from core.purging import purge_rows
from sso.models import SocialState

KEPT = timedelta(days=1)


@shared_task
def purge_social_states() -> None:
    """Delete logins that set out for a provider and are long back, or never came."""
    purge_rows(SocialState.objects.filter(expires_at__lt=clock.now() - KEPT), oldest_by="expires_at")
