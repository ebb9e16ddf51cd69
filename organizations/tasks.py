"""Periodic work of organizations."""

from celery import shared_task

from core import clock
from organizations.services import deletion


@shared_task
def erase_organizations() -> None:
    """Erase the organizations whose days of grace are over. Every ten minutes."""
    deletion.erase_due(now=clock.now())
