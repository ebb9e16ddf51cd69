"""One-time things are used by one conditional UPDATE: of any number of parallel requests exactly one wins.

Never read first and write then. The row count of the UPDATE decides (rule 1 of the house).
"""

from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, connections, models, transaction
from django.db.models.sql import UpdateQuery

M = TypeVar("M", bound=models.Model)


def update_returning(rows: models.QuerySet[M], **values: Any) -> list[M]:
    """UPDATE the rows and return them as they are now, in one statement.

    Django has no `RETURNING` for updates; PostgreSQL and SQLite (3.35) both do.
    """
    query: Any = rows.query.chain(UpdateQuery)
    if sum(count > 0 for count in query.alias_refcount.values()) > 1:
        # Django would move every condition into `id IN (SELECT …)`, which PostgreSQL does not look at
        # again after waiting for a parallel UPDATE: two would win. Conditions on other tables: Exists().
        raise ValueError("a conditional UPDATE must not join other tables; use Exists(OuterRef(...))")
    query.add_update_values(values)
    connection = connections[rows.db]
    sql, parameters = query.get_compiler(using=rows.db).as_sql()
    fields = rows.model._meta.concrete_fields
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {columns}", parameters)
        found = cursor.fetchall()
    return [_as_model(rows, connection, row) for row in found]


def _as_model(rows: models.QuerySet[M], connection: Any, row: tuple[Any, ...]) -> M:
    fields = rows.model._meta.concrete_fields
    values = list(row)
    for index, field in enumerate(fields):
        expression = field.get_col(rows.model._meta.db_table)
        for convert in (*connection.ops.get_db_converters(expression), *field.get_db_converters(connection)):
            values[index] = convert(values[index], expression, connection)
    return rows.model.from_db(rows.db, [field.attname for field in fields], values)


def consume(rows: models.QuerySet[M], *, now: datetime) -> M | None:
    """Use up the one row of `rows` that is unused and unexpired; None if there is none.

    `rows` must name at most one row, of a table with `used_at` and `expires_at` (`core.models.OneTimeModel`):
    the secret's hash and what it is bound to.
    """
    used = update_returning(rows.filter(used_at=None, expires_at__gt=now), used_at=now)
    return used[0] if used else None


def use_first(row: models.Model) -> bool:
    """Note the use of something that others made, such as a JWT's `jti`; False if it was noted before.

    The row's primary key names the thing; the database lets it in once.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True
