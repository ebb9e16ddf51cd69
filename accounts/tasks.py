"""Clean-up of what has had its time."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings

from accounts.models import (
    DeletionLink,
    Device,
    EmailAddition,
    EmailRevert,
    EmailVerification,
    IdentityProof,
    PasswordReset,
    PhoneVerification,
    Session,
    SignInAlarm,
    SignInCode,
    SignUp,
    SudoCode,
)
from accounts.services import deletion, devices, exports
from core import clock
from core.purging import purge_rows

CODES = (
    SignUp, EmailVerification, PasswordReset, SudoCode, SignInAlarm, SignInCode, EmailAddition, EmailRevert,
    PhoneVerification, DeletionLink, IdentityProof,
)  # fmt: skip
KEPT = timedelta(days=30)  # ended sessions stay visible to operators for a while


@shared_task
def prepare_export(export_id: str) -> None:
    """Prepare one archive, if it is still due."""
    exports.prepare(UUID(export_id), now=clock.now())


@shared_task
def sweep_exports() -> None:
    """Prepare what is due: lost wake-ups, archives whose worker died. Every minute."""
    exports.prepare_due(now=clock.now())


@shared_task
def erase_accounts() -> None:
    """Erase the accounts whose days of grace are over. Every ten minutes."""
    deletion.erase_due(now=clock.now())


@shared_task
def purge_accounts() -> None:
    """Delete expired codes, links and archives, and sessions long ended, in bounded batches."""
    now = clock.now()
    for mailed in CODES:
        purge_rows(mailed.objects.filter(expires_at__lt=now - timedelta(days=1)), oldest_by="expires_at")
    exports.purge(now=now)
    # A client's tokens hang on the session they began with, and may outlive it by their own longest life.
    kept = max(KEPT, timedelta(days=settings.JANUA.refresh_token_absolute_days))
    purge_rows(Session.objects.filter(expires_at__lt=now - kept), oldest_by="expires_at")
    purge_rows(Device.objects.filter(last_seen_at__lt=now - devices.KEPT), oldest_by="last_seen_at")
