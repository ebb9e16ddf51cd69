"""Pages of large tables, by keyset: every page costs the same."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

from core.errors import ValidationFailed

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the time and id of its last row. Opaque to callers, worth nothing to forgers."""

    at: datetime
    id: UUID

    def as_cursor(self) -> str:
        return urlsafe_b64encode(f"{self.at.isoformat()}|{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def of_cursor(cls, cursor: str) -> Self:
        """Raises `ValidationFailed` for what is none of our cursors."""
        try:
            text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
            at, _, row_id = text.partition("|")
            when = parse_datetime(at)
            if when is None or when.tzinfo is None:
                raise ValueError("no time with a zone")
            return cls(when, UUID(row_id))
        except ValueError:
            sentence = "This cursor is none of ours. Begin without one."
            raise ValidationFailed(sentence, reason="bad_cursor", details={"cursor": [sentence]}) from None


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows, and where the next page begins; no cursor after the last."""

    rows: list[M]
    next_cursor: str | None


def read_page(
    rows: QuerySet[M], *, by: str, cursor: str | None, limit: int, is_ascending: bool = False
) -> Page[M]:
    """The rows after the cursor, in the order of their time `by` and id. An index on `by` serves it."""
    if cursor:
        place = Place.of_cursor(cursor)
        than = "gt" if is_ascending else "lt"
        # The first condition is what the index reads; the second drops what the page before has shown.
        rows = rows.filter(**{f"{by}__{than}e": place.at})
        rows = rows.filter(Q(**{f"{by}__{than}": place.at}) | Q(**{f"id__{than}": place.id}))
    order = (by, "id") if is_ascending else (f"-{by}", "-id")
    found = list(rows.order_by(*order)[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last: Any = found[limit - 1]
    return Page(found[:limit], Place(getattr(last, by), last.pk).as_cursor())
