"""Loading rows by the million: COPY on PostgreSQL, batches of INSERT on SQLite."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, models

Values = tuple[Any, ...]
Say = Callable[[str], object]

BATCH = 2000
SAY_EVERY = 250_000

# What PostgreSQL itself tells of constraints and indexes makes them anew, whatever the models say by now.
_CONSTRAINTS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype IN ('f', 'u')
"""
_INDEXES = """
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = '{table}'::regclass AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
"""


@contextmanager
def loading(*tables: type[models.Model]) -> Iterator[None]:
    """Load the tables without their secondary indexes and foreign keys, and make those at the end.

    One sort of ten million keys is many times cheaper than ten million insertions. Call it in a transaction:
    broken off at any point, neither a row nor a missing index is left.
    """
    if connection.vendor != "postgresql":
        yield
        return
    undone: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL maintenance_work_mem = '512MB'")
        for question in (_CONSTRAINTS, _INDEXES):
            for table in tables:
                cursor.execute(question.format(table=table._meta.db_table))
                for drop, make in cursor.fetchall():
                    cursor.execute(drop)
                    undone.append(make)
        yield
        for make in reversed(undone):  # indexes first: foreign keys are checked by them
            cursor.execute(make)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"ANALYZE {', '.join(table._meta.db_table for table in tables)}")


def told(rows: Iterable[Values], name: str, total: int, say: Say) -> Iterator[Values]:
    """The rows as they are; every now and then it is told how many have passed."""
    started = time.monotonic()
    for count, row in enumerate(rows, start=1):
        yield row
        if count % SAY_EVERY == 0 or count == total:
            rate = count / max(time.monotonic() - started, 0.001)
            say(f"{name}: {count:,} of {total:,}, {rate:,.0f}/s")


class Load:
    """A table, and the columns that each row brings; all others get their field's default."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self.model, self.names = model, names
        fields = {field.attname: field for field in model._meta.concrete_fields}
        rest = [field for name, field in fields.items() if name not in names and not field.primary_key]
        self._defaults = tuple(_text(field, field.get_default()) for field in rest)
        self._columns = ", ".join(f'"{field.column}"' for field in (*map(fields.__getitem__, names), *rest))
        self._json = [n for n, name in enumerate(names) if isinstance(fields[name], models.JSONField)]

    def append(self, rows: Iterable[Values]) -> None:
        """Append the rows, in one COPY or in batches."""
        if connection.vendor == "postgresql":
            self._copy(rows)
        else:
            self._insert(rows)

    def _copy(self, rows: Iterable[Values]) -> None:
        statement = f"COPY {self.model._meta.db_table} ({self._columns}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row((*self._plain(row), *self._defaults))

    def _insert(self, rows: Iterable[Values]) -> None:
        rows = iter(rows)
        while batch := [self.model(**dict(zip(self.names, row, strict=True))) for row in islice(rows, BATCH)]:
            self.model._default_manager.bulk_create(batch)

    def _plain(self, row: Values) -> Values:
        if not self._json:
            return row
        values = list(row)
        for place in self._json:
            values[place] = json.dumps(values[place])
        return tuple(values)


def _text(field: "models.Field[Any, Any]", value: Any) -> Any:
    return json.dumps(value) if isinstance(field, models.JSONField) else value
