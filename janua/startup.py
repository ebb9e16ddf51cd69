"""What is looked at once before the server serves: a start that cannot go well is refused with one line."""

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from accounts import breaches
from core.crypto import Unsealable
from tokens.services import keys

log = structlog.get_logger("janua.startup")


def refuse_unprepared() -> None:
    """Exit if a file that is named is none, the database lacks migrations, or was sealed with keys that are not here.

    A database that is away is no reason: /readyz says so until it is back.
    """
    _open_breach_filter()
    try:
        executor = MigrationExecutor(connection)
        if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise SystemExit(
                f"janua: {len(missing)} migrations are missing in the database. Run: manage.py prepare"
            )
        keys.ring()
    except Unsealable as error:
        raise SystemExit(f"janua: FIELD_ENCRYPTION_KEY does not fit the database: {error}") from None
    except DatabaseError as error:
        log.error("database_unavailable", error=type(error).__name__)
        return
    finally:
        connections.close_all()  # gunicorn forks after this: no worker may inherit a connection


def _open_breach_filter() -> None:
    """Read before the fork, all workers share its memory."""
    if path := settings.JANUA.breached_passwords_file:
        try:
            breaches.read_filter(path)
        except breaches.UnreadableFilter as error:
            raise SystemExit(f"janua: BREACHED_PASSWORDS_FILE: {error}") from None
