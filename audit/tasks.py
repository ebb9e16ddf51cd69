"""Periodic work; the schedule stands in the project's settings."""

from celery import shared_task

from audit import anchors
from core import clock


@shared_task(name="audit.anchor_heads")  # Celery has no types
def anchor_heads() -> None:
    """Each minute: what was appended since cannot be cut unseen any more."""
    anchors.anchor_heads(clock.now())
