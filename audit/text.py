"""Text and values from outside, made fit for the trail: one line, capped, the same in any database."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from audit.standalone import canonical

MAX_TEXT = 1000
MAX_JSON = 16_000
MAX_DEPTH = 6
MAX_DIGITS = 18  # an integer that every JSON reader and both databases keep whole

# Control characters (line breaks, the ESC and CSI of terminals, NUL), line and paragraph separators, the
# marks that turn the direction of text around, and lone surrogates, which PostgreSQL refuses.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str, limit: int = MAX_TEXT) -> str:
    """The text on one line, its unsafe characters escaped as in Python, at most `limit` characters long."""
    line = _UNSAFE.sub(
        lambda match: match.group().encode("unicode_escape").decode("ascii"), text[: limit + 1]
    )
    return line if len(line) <= limit else line[: limit - 1] + "…"


def utc_text(moment: datetime) -> str:
    """A moment in UTC with microseconds, always six of them."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON that no database changes; what is too large is kept in part, as text."""
    result = {one_line(str(name)): _plain(value, MAX_DEPTH) for name, value in values.items()}
    written = canonical(result).decode("ascii")
    return result if len(written) <= MAX_JSON else {"truncated": one_line(written, MAX_JSON // 4)}


def _plain(value: Any, depth: int) -> Any:
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < 10**MAX_DIGITS else one_line(hex(value))
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple | AbstractSet):
        return _plain_container(value, depth - 1) if depth else "…"
    # Numbers with a fraction too: PostgreSQL would write 1e2 back as 100.
    return one_line(str(value))


def _plain_container(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {one_line(str(name)): _plain(item, depth) for name, item in value.items()}
    items = [_plain(item, depth) for item in value]
    return sorted(items, key=canonical) if isinstance(value, AbstractSet) else items
