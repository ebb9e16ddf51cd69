"""Lists of people to invite, as they are pasted or uploaded: pure reading, nothing is looked up."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import ValidationFailed

MAX_BYTES = 1_000_000
MAX_ROWS = 10_000
COLUMNS = ("email", "role")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for a formula. An address may begin so; in a list it is a trap far more often."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it came; without a role the list's own counts."""

    number: int
    email: str
    role: str = ""

    @property
    def is_formula(self) -> bool:
        return self.email.startswith(FORMULA) or self.role.startswith(FORMULA)


def decode(raw: bytes) -> str:
    """The text of an uploaded file; raises `ValidationFailed` for what is no text or too long."""
    _require_short(len(raw))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused(_("The file is not UTF-8 text. Save it as CSV (UTF-8)."), "not_text") from None


def read(text: str) -> list[Line]:
    """The lines of CSV with the columns email and role, in any order, or of mere addresses.

    Commas, semicolons and tabs part columns. The first line may name them; lines count from 1. Raises
    `ValidationFailed` for more than we take and for what is no such list.
    """
    _require_short(len(text.encode(errors="replace")))
    if "\0" in text:
        raise _refused(_("The list has characters that are no text."), "not_text")
    lines: list[Line] = []
    columns: tuple[str, ...] = COLUMNS
    for number, cells in _rows(text):
        named = tuple(cell.strip().lower() for cell in cells)
        if not lines and columns is COLUMNS and "email" in named:
            columns = _columns(named)
            continue
        lines += _lines(number, cells, columns)
        if len(lines) > MAX_ROWS:
            most = {"most": MAX_ROWS}
            raise _refused(_("The list has more than %(most)s lines. Part it.") % most, "too_many_rows")
    if not lines:
        raise _refused(_("The list is empty."), "empty")
    return lines


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds something, with the number of the line on which it ends."""
    head = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield rows.line_num, cells
    except csv.Error:
        line = {"line": rows.line_num}
        raise _refused(_("Line %(line)s is no CSV: look at its quotation marks.") % line, "not_csv") from None


def _columns(named: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in named if name and name not in COLUMNS]
    if unknown or len({*named} - {""}) < len([name for name in named if name]):
        raise _refused(_("The columns are email and role, each once, and no others."), "bad_columns")
    return named


def _lines(number: int, cells: list[str], columns: tuple[str, ...]) -> list[Line]:
    """One, or as many as there are where a line of mere addresses was pasted."""
    if columns is COLUMNS and all("@" in cell for cell in cells if cell.strip()):
        return [Line(number, cell.strip(" ")) for cell in cells if cell.strip()]
    return [_line(number, cells, columns)]


def _line(number: int, cells: list[str], columns: tuple[str, ...]) -> Line:
    """Spaces around a cell go, but not a tab or line break in front, which is how formulas hide."""
    found = dict(zip(columns, (cell.strip(" ") for cell in cells), strict=False))
    if any(cell.strip() for cell in cells[len(columns) :]):
        return Line(number, ",".join(cells)[:100], "")  # a cell too many: its address is judged as it came
    return Line(number, found.get("email", ""), found.get("role", ""))


def _require_short(length: int) -> None:
    if length > MAX_BYTES:
        raise _refused(_("The list is larger than 1 MB. Part it."), "too_large")


def _refused(sentence: str, reason: str) -> ValidationFailed:
    return ValidationFailed(sentence, reason=reason, details={"text": [sentence]})
