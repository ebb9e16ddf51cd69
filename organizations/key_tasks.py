"""Periodic work on API keys."""

from celery import shared_task

from core import clock
from organizations.services import key_ends


@shared_task
def warn_of_key_ends() -> None:
    """Mail to whoever has a key that ends within a week."""
    key_ends.warn(now=clock.now())


@shared_task
def purge_keys() -> None:
    """Delete keys that have been dead for long."""
    key_ends.purge(now=clock.now())
