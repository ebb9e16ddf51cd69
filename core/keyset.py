"""Pages of large tables, by keyset: every page costs the same."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet

from core import crypto
from core.errors import ValidationFailed

M = TypeVar("M", bound=Model)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PACKED = Struct(">q16s")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the time and id of its last row."""

    at: datetime
    id: UUID

    def as_cursor(self, of: str) -> str:
        """Opaque to callers, and signed: it goes on in the list of this name and in no other."""
        packed = PACKED.pack((self.at - EPOCH) // MICROSECOND, self.id.bytes)
        return _signer(of).sign(urlsafe_b64encode(packed).decode())

    @classmethod
    def of_cursor(cls, cursor: str, of: str) -> Self:
        """Raises `ValidationFailed` for what is none of our cursors: edited, made up, or of another list."""
        try:
            packed = urlsafe_b64decode(_signer(of).unsign(cursor))
        except (BadSignature, UnicodeError):
            sentence = "This cursor is none of ours. Begin without one."
            raise ValidationFailed(sentence, reason="bad_cursor", details={"cursor": [sentence]}) from None
        microseconds, row_id = PACKED.unpack(packed)
        return cls(EPOCH + microseconds * MICROSECOND, UUID(bytes=row_id))


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows, and where the next page begins; no cursor after the last."""

    rows: list[M]
    next_cursor: str | None


def read_page(
    rows: QuerySet[M], *, of: str, by: str, cursor: str | None, limit: int, is_ascending: bool = False
) -> Page[M]:
    """The rows after the cursor, in the order of their time `by` and id. An index on `by` serves it.

    `of` names the list, with whose it is: cursors of other lists are refused.
    """
    if cursor:
        place = Place.of_cursor(cursor, of)
        than = "gt" if is_ascending else "lt"
        # The first condition is what the index reads; the second drops what the page before has shown.
        rows = rows.filter(**{f"{by}__{than}e": place.at})
        rows = rows.filter(Q(**{f"{by}__{than}": place.at}) | Q(**{f"id__{than}": place.id}))
    order = (by, "id") if is_ascending else (f"-{by}", "-id")
    found = list(rows.order_by(*order)[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last: Any = found[limit - 1]
    return Page(found[:limit], Place(getattr(last, by), last.pk).as_cursor(of))


def _signer(of: str) -> Signer:
    """With a key of its own, as everything that is keyed (`core.crypto`)."""
    return Signer(key=crypto.derive_key("cursors"), sep=".", salt=f"cursor of {of}")
