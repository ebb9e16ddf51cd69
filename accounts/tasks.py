"""Clean-up of what has had its time."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from accounts.models import EmailVerification, IdentityProof, PasswordReset, Session, SignUp, SudoCode
from core import clock
from core.purging import purge_rows

KEPT = timedelta(days=30)  # ended sessions stay visible to operators for a while


@shared_task
def purge_accounts() -> None:
    """Delete expired mailed secrets and sessions long ended, in bounded batches."""
    now = clock.now()
    mailed = (SignUp, EmailVerification, PasswordReset, SudoCode, IdentityProof)
    for rows in (model.objects for model in mailed):
        purge_rows(rows.filter(expires_at__lt=now - timedelta(days=1)), oldest_by="expires_at")
    # A client's tokens hang on the session they began with, and may outlive it by their own longest life.
    kept = max(KEPT, timedelta(days=settings.JANUA.refresh_token_absolute_days))
    purge_rows(Session.objects.filter(expires_at__lt=now - kept), oldest_by="expires_at")
