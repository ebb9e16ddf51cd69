"""Deleting old rows without holding up anybody.

Rows go in small batches, each a transaction of its own, the oldest first along an index. A run deletes a bounded
number of rows and stops; killed or at its bound, the next one goes on where it stopped. What hangs on a row
by a cascade (the refresh tokens of a family, without bound) is deleted before it in batches of the same size.
"""

from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

BATCH = 1000
MAX_ROWS = 100_000
"""How many rows one run deletes, those that hung on them included; a batch more at most."""


def purge_rows(rows: QuerySet[M], *, oldest_by: str) -> int:
    """Delete the rows, in the order of an indexed column; how many went, with those that hung on them."""
    deleted, ordered, since = 0, rows.order_by(oldest_by), None
    while deleted < MAX_ROWS:
        # Begins where the page before ended: in front of it lie dead rows until the next vacuum.
        rest = ordered.filter(**{f"{oldest_by}__gte": since}) if since else ordered
        page = list(rest.values_list("pk", oldest_by)[:BATCH])
        went = _delete(rows, [key for key, _ in page], most=MAX_ROWS - deleted) if page else 0
        if not went:
            break  # nothing is left, or another run is at these very rows
        deleted, since = deleted + went, page[-1][1]
    return deleted


def purge_dependants(row: Model) -> bool:
    """Delete what hangs on one row by a cascade; whether nothing is left of it. The row itself stays."""
    return _delete_dependants(type(row), [row.pk], most=MAX_ROWS)[1]


def _delete(rows: QuerySet[M], keys: list[Any], *, most: int) -> int:
    """Delete what hangs on these rows, then the rows; some are left where `most` is reached before."""
    deleted, is_clear = _delete_dependants(rows.model, keys, most=most)
    return deleted + _delete_bare(rows, keys) if is_clear else deleted


def _delete_dependants(model: type[Model], keys: list[Any], *, most: int) -> tuple[int, bool]:
    """(how many went, whether nothing is left): at `most`, or where another run is at it, some are."""
    deleted = 0
    for relation in model._meta.related_objects:
        if relation.on_delete is not models.CASCADE:
            continue
        children = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": keys})
        while page := list(children.values_list("pk", flat=True)[:BATCH]):
            went = _delete(children, page, most=most - deleted)
            deleted += went
            if not went or deleted >= most:
                return deleted, False
    return deleted, True


@transaction.atomic
def _delete_bare(rows: QuerySet[M], keys: list[Any]) -> int:
    """Each row is looked at again under its lock: one that is not to go any more stays, so do those of another run."""
    locked = rows.filter(pk__in=keys).select_for_update(skip_locked=True)
    ours = list(locked.values_list("pk", flat=True))
    return rows.model._default_manager.filter(pk__in=ours).delete()[0] if ours else 0
