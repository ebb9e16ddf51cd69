"""The archive of one person's data: a zip with each table of the data map as JSON and as CSV."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts import data_map
from accounts.models import User

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""

README = """Your data, as {product} held them at {when}.

Each table is there twice: .json for programs, .csv for spreadsheets. In the .csv a cell that a spreadsheet would
take for a formula has ' in front; the .json has it as it is. index.json names every table, with the columns that
are left out and why. What is kept as a hash only, we cannot read ourselves.
"""


def build(user: User, *, now: datetime) -> bytes:
    """Everything that the data map says of this person."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(product="Janua", when=now.isoformat(timespec="seconds")))
        archive.writestr("index.json", _json(_index()))
        for holding in data_map.exported():
            assert holding.rows is not None
            rows = list(holding.rows(user).values(*holding.fields))
            archive.writestr(f"{holding.file}.json", _json(rows))
            archive.writestr(f"{holding.file}.csv", as_csv(holding.fields, rows))
    return packed.getvalue()


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """A table for spreadsheets (RFC 4180), in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    plain = value if isinstance(value, str) else _json(value, indent=None).strip('"')
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def _index() -> list[dict[str, Any]]:
    return [
        {
            "table": holding.model,
            "file": holding.file,
            "columns": list(holding.fields),
            "left_out": dict(holding.withheld),
            "not_exported": holding.not_exported,
        }
        for holding in data_map.holdings()
    ]


def _json(value: Any, indent: int | None = 2) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)
