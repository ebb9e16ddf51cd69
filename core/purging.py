"""Deleting old rows without holding up anybody."""

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

BATCH = 1000
MAX_BATCHES = 100


def purge_rows(rows: QuerySet[M]) -> int:
    """Delete the rows in small batches, each its own transaction; the next run goes on where this one stopped."""
    deleted = 0
    for _ in range(MAX_BATCHES):
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        if not ids:
            break
        deleted += rows.model._default_manager.filter(pk__in=ids).delete()[0]
    return deleted
