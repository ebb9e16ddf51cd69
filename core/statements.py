"""Statements of the hot paths, compiled once: Django takes 1-2 ms to turn a queryset into SQL, each time anew.

    LIVING = Select(lambda: Session.objects.select_related("user").filter(secret_hash=slot(Session, "secret_hash")))
    session = LIVING.first(secret_hash=hashed)

The queryset stays the one description of what is read or changed; only its compilation is kept. For
statements that run with every token request or every act in an organization, nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models.expressions import Expression, RawSQL
from django.db.models.sql import InsertQuery, UpdateQuery

from core import rows

M = TypeVar("M", bound=models.Model)
Parameters = tuple[Any, ...]
DATABASE = "default"


class Slot(Expression):
    """The place of a value that each execution brings."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]


def slot(model: type[models.Model], field: str, name: str = "") -> Slot:
    """A slot for values of that field; named like the field unless `name` says otherwise."""
    return Slot(name or field, model._meta.get_field(field))


def _bind(parameters: Parameters, values: dict[str, Any], database: Any) -> list[Any]:
    return [
        each.output_field.get_db_prep_value(values[each.name], database) if isinstance(each, Slot) else each
        for each in parameters
    ]


@dataclass(frozen=True, slots=True)
class _Compiled(Generic[M]):
    """SQL with slots among its parameters, and how its rows become models."""

    sql: str
    parameters: Parameters
    as_model: rows.Make

    def run(self, values: dict[str, Any]) -> list[M]:
        database = connections[DATABASE]  # the thread's own: the proxy would look it up with each attribute
        with database.cursor() as cursor:
            cursor.execute(self.sql, _bind(self.parameters, values, database))
            return [self.as_model(row) for row in cursor.fetchall()]


class Select(Generic[M]):
    """Reads at most one row, with what `select_related` and `annotate` bring along; `most` None: all of them."""

    def __init__(self, build: Callable[[], "models.QuerySet[M]"], *, most: int | None = 1) -> None:
        self._build, self._most = build, most

    def all(self, **values: Any) -> list[M]:
        """The rows for these values of the slots."""
        return self.compiled.run(values)

    def first(self, **values: Any) -> M | None:
        """The row for these values of the slots."""
        found = self.compiled.run(values)
        return found[0] if found else None

    def one(self, **values: Any) -> M:
        """The row that must be there, because another points at it."""
        found = self.first(**values)
        if found is None:
            raise LookupError("a row that another points at is gone")
        return found

    @cached_property
    def compiled(self) -> _Compiled[M]:
        """The statement and how its row is read."""
        compiler: Any = self._build()[: self._most].query.get_compiler(using=DATABASE)
        sql, parameters = compiler.as_sql()
        return _Compiled(sql, tuple(parameters), rows.reader(compiler, DATABASE))


class Update(Generic[M]):
    """UPDATE … RETURNING, with the rules of `core.consume.update_returning`."""

    def __init__(self, build: Callable[[], "models.QuerySet[M]"], **changes: Any) -> None:
        self._build, self._changes = build, changes

    def rows(self, **values: Any) -> list[M]:
        """The updated rows as they are now."""
        return self._compiled.run(values)

    def of(self, **values: Any) -> "Write":
        """The update, to be done together with others, unseen."""
        return Write(self, values)

    @cached_property
    def sql(self) -> tuple[str, Parameters]:
        """The statement alone, for `write_together`."""
        query: Any = self._build().query.chain(UpdateQuery)
        if sum(count > 0 for count in query.alias_refcount.values()) > 1:
            raise ValueError("a conditional UPDATE must not join other tables; use Exists(OuterRef(...))")
        query.add_update_values(self._changes)
        sql, parameters = query.get_compiler(using=DATABASE).as_sql()
        return sql, tuple(parameters)

    @cached_property
    def _compiled(self) -> _Compiled[M]:
        (sql, parameters), changed = self.sql, self._build()
        columns = [
            field.get_col(changed.model._meta.db_table) for field in changed.model._meta.concrete_fields
        ]
        names = ", ".join(
            connections[DATABASE].ops.quote_name(str(column.target.column)) for column in columns
        )
        convert = rows.converter(changed.query.get_compiler(using=DATABASE), columns)
        make = rows.maker(changed.model, [column.target.attname for column in columns], DATABASE)
        return _Compiled(f"{sql} RETURNING {names}", parameters, lambda row: make(convert(row)))


class Following(Generic[M]):
    """A conditional UPDATE of one row, and then the row that it points at.

        USED = Following(USE, "family_id", lambda family: TokenFamily.objects.filter(id=family))
        family = USED.first(token_hash=hashed, now=now)

    On PostgreSQL both are one statement: what is read is as it stood before the update, which alone decides.
    """

    def __init__(
        self, update: Update[Any], attribute: str, build: Callable[[Expression], "models.QuerySet[M]"]
    ) -> None:
        self._update, self._attribute, self._build = update, attribute, build

    def first(self, **values: Any) -> M | None:
        """What the updated row points at; None if none was updated."""
        if connections[DATABASE].vendor == "postgresql":
            found = self._together.run(values)
            return found[0] if found else None
        changed = self._update.rows(**values)
        return self._alone.one(key=getattr(changed[0], self._attribute)) if changed else None

    @cached_property
    def _alone(self) -> Select[M]:
        return Select(lambda: self._build(Slot("key", models.UUIDField())))

    @cached_property
    def _together(self) -> _Compiled[M]:
        column = connections[DATABASE].ops.quote_name(self._attribute)
        # The column's name comes from the model.
        changed = RawSQL(f"SELECT {column} FROM changed", (), output_field=models.UUIDField())  # noqa: S608, S611
        reading = Select(lambda: self._build(changed)).compiled
        sql, parameters = self._update.sql
        sql = f"WITH changed AS ({sql} RETURNING {column}) {reading.sql}"
        return _Compiled(sql, (*parameters, *reading.parameters), reading.as_model)


class Insert(Generic[M]):
    """INSERT of one whole row, whose key is known before: all our tables with UUIDs."""

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._attributes = [field.attname for field in model._meta.concrete_fields]

    def add(self, row: M) -> M:
        """Insert the row."""
        write_together(self.of(row))
        return row

    def of(self, row: M) -> "Write":
        """The insertion of the row, to be done together with others."""
        row._state.adding, row._state.db = False, DATABASE
        return Write(self, {name: getattr(row, name) for name in self._attributes})

    @cached_property
    def sql(self) -> tuple[str, Parameters]:
        """The statement; its slots are named like the model's attributes."""
        fields = self._model._meta.concrete_fields
        slots = {field.attname: slot(self._model, field.name, field.attname) for field in fields}
        query: Any = InsertQuery(self._model)
        query.insert_values(fields, [self._model(**slots)])
        ((sql, parameters),) = query.get_compiler(using=DATABASE).as_sql()
        return sql, tuple(parameters)


@dataclass(frozen=True, slots=True)
class Write:
    """A compiled write and its values."""

    statement: Insert[Any] | Update[Any]
    values: dict[str, Any]


def write_together(*writes: Write) -> None:
    """Do writes of which none reads what another wrote.

    On PostgreSQL they are one statement (WITH): one round trip, one plan. SQLite does them one by one.
    """
    database = connections[DATABASE]
    bound = [_bind(write.statement.sql[1], write.values, database) for write in writes]
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(
                _as_one(tuple(write.statement for write in writes)), list(chain.from_iterable(bound))
            )
            return
        for write, parameters in zip(writes, bound, strict=True):
            cursor.execute(write.statement.sql[0], parameters)


@cache
def _as_one(statements: tuple[Insert[Any] | Update[Any], ...]) -> str:
    *first, last = [statement.sql[0] for statement in statements]
    beside = ", ".join(f"w{number} AS ({sql})" for number, sql in enumerate(first))
    return f"WITH {beside} {last}" if beside else last


def consuming(build: Callable[[], "models.QuerySet[M]"]) -> Update[M]:
    """`core.consume.consume` compiled; its one further slot is `now`."""
    now = Slot("now", models.DateTimeField())
    return Update(lambda: build().filter(used_at=None, expires_at__gt=now), used_at=now)
