"""The throttles' counters in the database: one upsert per hit, on PostgreSQL and SQLite alike.

SQL by hand: every guess and every login passes here, and Django would take longer than the database.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connections, router

from core.models import ThrottleCounter
from core.purging import purge_rows

TABLE = ThrottleCounter._meta.db_table
# In the SET clause the table's name means the row that stands, `excluded` the row that was offered.
HIT = f"""
    INSERT INTO {TABLE} (key, count, expires_at) VALUES (%(key)s, 1, %(expires_at)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN {TABLE}.expires_at <= %(now)s THEN 1 ELSE {TABLE}.count + 1 END,
        expires_at = CASE
            WHEN {TABLE}.expires_at <= %(now)s THEN excluded.expires_at ELSE {TABLE}.expires_at
        END
    RETURNING count, expires_at
"""
REFUND = f"UPDATE {TABLE} SET count = count - 1 WHERE key = %s AND count > 0"
CLEAR = f"DELETE FROM {TABLE} WHERE key = %s"


def hit(key: str, now: datetime, window: timedelta) -> tuple[int, datetime]:
    """Count one hit; how many there are in the running window, and when it ends."""
    connection = connections[router.db_for_write(ThrottleCounter)]
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(HIT, {"key": key, "now": moment(now), "expires_at": moment(now + window)})
        count, expires_at = cursor.fetchone()
    return count, _as_datetime(connection, expires_at)


def refund(key: str) -> None:
    """Take one hit back."""
    _run(REFUND, key)


def clear(key: str) -> None:
    """Forget the key."""
    _run(CLEAR, key)


def purge(*, now: datetime) -> None:
    """Delete the counters whose window has ended."""
    purge_rows(ThrottleCounter.objects.filter(expires_at__lte=now), oldest_by="expires_at")


def _run(statement: str, key: str) -> None:
    with connections[router.db_for_write(ThrottleCounter)].cursor() as cursor:
        cursor.execute(statement, [key])


def _as_datetime(connection: Any, value: Any) -> datetime:
    """SQLite hands out text where PostgreSQL hands out a datetime."""
    column = ThrottleCounter._meta.get_field("expires_at").get_col(TABLE)
    for convert in connection.ops.get_db_converters(column):
        value = convert(value, column, connection)
    assert isinstance(value, datetime)
    return value
