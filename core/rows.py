"""How rows of compiled statements become models: as Django's ModelIterable does it, but prepared once.

Django calls `Model.__init__` and two signals for each instance, which costs more than the query. What comes from the
database is whole already: here it becomes the instance's `__dict__`, as `Model.from_db` leaves it behind.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.db.models.base import ModelState

Row = Sequence[Any]
Make = Callable[[Row], Any]


def reader(compiler: Any, database: str) -> Make:
    """What makes the model of a row of this SELECT, with what `select_related` and `annotate` bring along."""
    columns = [column[0] for column in compiler.select]
    make = _with_related(compiler.klass_info, columns, database)
    convert = converter(compiler, columns)
    annotations = list((compiler.annotation_col_map or {}).items())

    def read(row: Row) -> Any:
        values = convert(row)
        found = make(values)
        for name, position in annotations:
            setattr(found, name, values[position])
        return found

    return read


def maker(model: type[models.Model], attributes: Sequence[str], database: str) -> Make:
    """What makes an instance of the values of these attributes; the others are deferred."""
    if model.__init__ is not models.Model.__init__ or _is_listened_to(model):
        raise TypeError(f"{model.__name__} makes its instances in its own way: do not compile its statements")

    def make(values: Row) -> Any:
        made = model.__new__(model)
        made.__dict__.update(zip(attributes, values, strict=True))
        made._state = state = ModelState()
        state.adding, state.db = False, database
        return made

    return make


def converter(compiler: Any, columns: Sequence[Any]) -> Callable[[Row], list[Any]]:
    """What turns the values of a driver's row into those of Python, for these columns."""
    converters = [
        (position, convert, expression)
        for position, (several, expression) in compiler.get_converters(columns).items()
        for convert in several
    ]
    connection = compiler.connection

    def convert_row(row: Row) -> list[Any]:
        values = list(row)
        for position, convert, expression in converters:
            values[position] = convert(values[position], expression, connection)
        return values

    return convert_row


def _with_related(info: Any, columns: Sequence[Any], database: str) -> Make:
    """For a model and, nested, what its foreign keys point at: all its columns stand in one piece."""
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    attributes = [column.target.attname for column in columns[start:end]]
    make = maker(info["model"], attributes, database)
    key = start + attributes.index(info["model"]._meta.pk.attname)
    related = [
        (_with_related(each, columns, database), each["local_setter"])
        for each in info.get("related_klass_infos", ())
    ]

    def make_with_related(values: Row) -> Any:
        if values[key] is None:
            return None  # an outer join that found nothing
        made = make(values[start:end])
        for make_other, set_on in related:
            set_on(made, make_other(values))
        return made

    return make_with_related


def _is_listened_to(model: type[models.Model]) -> bool:
    return any(signal.has_listeners(model) for signal in (models.signals.pre_init, models.signals.post_init))
