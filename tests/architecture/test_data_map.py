"""S271: the data map knows every table that says something about a person, and every column of it."""

import pytest
from django.apps import apps
from django.db.models import CASCADE, Field, Model

from accounts import data_map
from accounts.data_map import Holding
from accounts.models import User

TELL_TALES = {"email", "recipient", "ip", "user_agent", "user_id", "actor_id", "subject", "phone_number"}
FOREIGN = {"contenttypes", "auth"}  # Django's own, of which Janua uses nothing but the tables' names


def points_to(model: type[Model]) -> set[type[Model]]:
    """The tables that this one has a foreign key to."""
    return {field.related_model for field in model._meta.concrete_fields if field.related_model}  # type: ignore[misc]


def about_people() -> set[type[Model]]:
    """User, tables with a column that names a person, and whatever points at one of those."""
    models = [model for model in apps.get_models() if model._meta.app_label not in FOREIGN]
    found = {
        model for model in models if TELL_TALES & {field.name for field in model._meta.concrete_fields}
    } | {User}
    while more := {model for model in models if model not in found and points_to(model) & found}:
        found |= more
    return found


def labels(models: set[type[Model]]) -> set[str]:
    return {model._meta.label for model in models}


def goes_with_the_user(model: type[Model]) -> bool:
    if model is User:
        return True
    cascades: list[Field[object, object]] = [
        field
        for field in model._meta.concrete_fields
        if getattr(field.remote_field, "on_delete", None) is CASCADE
    ]
    return any(
        goes_with_the_user(field.related_model) for field in cascades if field.related_model is not model
    )  # type: ignore[arg-type]


def test_s271_every_table_about_people_stands_in_the_map() -> None:
    mapped = {holding.model for holding in data_map.holdings()}
    assert labels(about_people()) == mapped, "enter the table in its app's holdings.py"
    assert len(mapped) > 25


@pytest.mark.parametrize("holding", data_map.holdings(), ids=lambda holding: holding.model)
def test_s271_a_table_is_exported_with_all_its_columns_or_says_why_not(holding: Holding) -> None:
    if not holding.file:
        assert holding.not_exported
        return
    columns = {field.name: field.attname for field in apps.get_model(holding.model)._meta.concrete_fields}
    told = {field.partition("__")[0] for field in holding.fields}
    left = {name for name, attname in columns.items() if not {name, attname} & told}
    assert left <= set(holding.withheld), "export the column or say why not"
    assert set(holding.withheld) <= set(columns)


@pytest.mark.parametrize("holding", data_map.holdings(), ids=lambda holding: holding.model)
def test_s272_a_table_goes_with_the_user_or_says_how_it_is_erased(holding: Holding) -> None:
    model = apps.get_model(holding.model)
    assert goes_with_the_user(model) or holding.erase or holding.kept


def test_files_of_the_archive_have_names_of_their_own() -> None:
    files = [holding.file for holding in data_map.exported()]
    assert len(files) == len(set(files))
