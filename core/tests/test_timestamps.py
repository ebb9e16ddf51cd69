"""PostgreSQL's timestamps are read by a quick loader; what it cannot read is refused as before."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite stores text"),
]


def read(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::timestamptz", [text])
        (value,) = cursor.fetchone()
        assert isinstance(value, datetime)
        return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24 12:00:00+00", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        ("2026-11-24 12:00:00.5+00", datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-24 12:00:00.000001+05:30", datetime(2026, 11, 24, 6, 30, 0, 1, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_timestamp_comes_in_utc(text: str, expected: datetime) -> None:
    assert read(text) == expected
    assert read(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["infinity", "10000-01-01 00:00:00+00", "0001-01-01 00:00:00+00 BC"])
def test_what_python_has_no_datetime_for_is_an_error(text: str) -> None:
    with pytest.raises(DataError):
        read(text)
