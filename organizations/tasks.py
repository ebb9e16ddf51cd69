"""Periodic work of organizations."""

from celery import shared_task

from core import clock
from organizations.services import deletion, domain_checks


@shared_task
def erase_organizations() -> None:
    """Erase the organizations whose days of grace are over. Every ten minutes."""
    deletion.erase_due(now=clock.now())


@shared_task
def check_domains() -> None:
    """Look at the records of the domains that are due, once a day each. Every ten minutes."""
    domain_checks.check_due(now=clock.now())
