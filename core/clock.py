"""The clock. Services take `now`; only faces, tasks and commands ask for it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
