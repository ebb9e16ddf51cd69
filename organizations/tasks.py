"""The periodic work of organizations."""

from datetime import timedelta

from celery import shared_task

from core import clock
from core.purging import purge_rows
from organizations.models import Invitation
from organizations.services import deletion, domain_checks, invitation_mails, key_ends

INVITATIONS_KEPT = timedelta(days=90)
"""So long an invitation stays in the list after its time, with the address of somebody who is perhaps nobody here."""


@shared_task
def erase_organizations() -> None:
    """Erase the organizations whose days of grace are over. Every ten minutes."""
    deletion.erase_due(now=clock.now())


@shared_task
def send_invitations() -> None:
    """Write the mails of invitations that wait for them. Every 15 seconds, and when many were invited at once."""
    invitation_mails.send_due(now=clock.now())


@shared_task
def purge_invitations() -> None:
    """Delete invitations long past, in bounded batches. Every ten minutes."""
    past = Invitation.objects.filter(expires_at__lt=clock.now() - INVITATIONS_KEPT)
    purge_rows(past, oldest_by="expires_at")


@shared_task
def check_domains() -> None:
    """Look at the records of the domains that are due, once a day each. Every ten minutes."""
    domain_checks.check_due(now=clock.now())


@shared_task
def warn_of_key_ends() -> None:
    """Mail to whoever has a key that ends within a week."""
    key_ends.warn(now=clock.now())


@shared_task
def purge_keys() -> None:
    """Delete keys that have been dead for long."""
    key_ends.purge(now=clock.now())
