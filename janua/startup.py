"""What is looked at once before the server serves: a start that cannot go well is refused with one line."""

import structlog
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

log = structlog.get_logger("janua.startup")


def refuse_unprepared() -> None:
    """Exit if the database lacks migrations. One that is away is no reason: /readyz says so until it is back."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        log.error("database_unavailable", error=type(error).__name__)
        return
    finally:
        connections.close_all()  # gunicorn forks after this: no worker may inherit a connection
    if missing:
        raise SystemExit(
            f"janua: {len(missing)} migrations are missing in the database. Run: manage.py prepare"
        )
