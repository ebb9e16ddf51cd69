"""Models and migrations agree."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    out = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes detected" in out.getvalue()


def test_migrating_again_does_nothing() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_no_app_has_two_ends() -> None:
    graph = MigrationExecutor(connection).loader.graph
    leaves = [app for app, _name in graph.leaf_nodes()]
    assert len(leaves) == len(set(leaves))
