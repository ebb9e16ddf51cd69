"""Clean-up of what has had its time."""

from datetime import timedelta

from celery import shared_task

from core import clock
from core.purging import purge_rows
from oauth.models import (
    AuthorizationCode,
    AuthorizationRequest,
    ClientAssertion,
    ClientSecret,
    DeviceGrant,
)

KEPT = timedelta(days=1)  # a replayed code is recognised for a day


@shared_task
def purge_authorizations() -> None:
    """Delete authorization requests that nobody answered, codes and secrets long past, dead assertions."""
    now = clock.now()
    purge_rows(AuthorizationRequest.objects.filter(expires_at__lt=now), oldest_by="expires_at")
    purge_rows(AuthorizationCode.objects.filter(expires_at__lt=now - KEPT), oldest_by="expires_at")
    purge_rows(ClientAssertion.objects.filter(expires_at__lt=now), oldest_by="expires_at")
    purge_rows(DeviceGrant.objects.filter(expires_at__lt=now - KEPT), oldest_by="expires_at")
    purge_rows(ClientSecret.objects.filter(expires_at__lt=now - KEPT), oldest_by="expires_at")
