"""Searching people by any part of their address or names: at a million of them only by trigrams (pg_trgm).

Where the database's owner may not make the extension, the search works all the same, row by row.
"""

import structlog
from django.db import migrations, transaction
from django.db.utils import ProgrammingError

log = structlog.get_logger("janua.migrations")
SEARCHED = "lower(email || ' ' || given_name || ' ' || middle_name || ' ' || family_name || ' ' || nickname)"


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except ProgrammingError:
        log.warning("search_without_index", reason="the database user may not CREATE EXTENSION pg_trgm")
        return
    # Nobody who signs up meanwhile waits. A build that was broken off leaves an index that is not valid.
    schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS accounts_user_search")
    schema_editor.execute(
        f"CREATE INDEX CONCURRENTLY accounts_user_search ON accounts_user USING gin ({SEARCHED} gin_trgm_ops)"
    )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS accounts_user_search")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0002_sudo_and_doors")]

    operations = [migrations.RunPython(add, drop)]
