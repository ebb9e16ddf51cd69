"""Cursors of lists: signed, and good for the one list that they are of."""

import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from core.errors import ValidationFailed
from core.keyset import Place

PLACE = Place(
    datetime(2026, 11, 26, 9, 55, 14, 123457, tzinfo=UTC), UUID("01a21750-8490-7053-bf28-15fb5ca7963b")
)
LIST = "members of acme"


@pytest.mark.parametrize(
    "at",
    [
        PLACE.at,
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_a_cursor_leads_back_to_the_microsecond(at: datetime) -> None:
    place = Place(at, PLACE.id)
    assert Place.of_cursor(place.as_cursor(LIST), LIST) == place


def test_whatever_zone_the_time_is_written_in() -> None:
    there = PLACE.at.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert Place(there, PLACE.id).as_cursor(LIST) == PLACE.as_cursor(LIST)


def test_a_cursor_is_short_and_fits_into_an_address_as_it_is() -> None:
    cursor = PLACE.as_cursor(LIST)
    assert len(cursor) <= 100
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def refused(cursor: str, of: str = LIST) -> bool:
    with pytest.raises(ValidationFailed) as error:
        Place.of_cursor(cursor, of)
    return error.value.reason == "bad_cursor"


def test_s245_a_cursor_of_another_list_is_refused() -> None:
    for other in ("members of rival", "keys of acme", "members", ""):
        assert refused(PLACE.as_cursor(other))


def test_s245_every_edit_is_seen() -> None:
    cursor = PLACE.as_cursor(LIST)
    for at in range(len(cursor)):
        edited = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        assert refused(edited), at
        assert refused(cursor[:at]), at
    further = Place(PLACE.at + timedelta(days=1), PLACE.id).as_cursor(LIST)
    assert refused(further.partition(".")[0] + "." + cursor.partition(".")[2])
    assert refused(cursor + "=")
    assert refused(cursor + "\n")


@pytest.mark.parametrize(
    "cursor",
    [
        urlsafe_b64encode(f"{PLACE.at.isoformat()}|{PLACE.id}".encode()).decode().rstrip("="),  # as they were
        *("x", ".", "..", "A" * 5000, "ÿ.ÿ", "-1", "9" * 40, "null", "{}", "' OR 1=1 --", "\ud800."),
    ],
)
def test_s245_what_we_never_gave_out_is_refused(cursor: str) -> None:
    assert refused(cursor)


def test_s245_signing_costs_microseconds() -> None:
    """A page takes milliseconds; the bound leaves room for a busy machine."""
    started = time.process_time()
    for _ in range(1000):
        Place.of_cursor(PLACE.as_cursor(LIST), LIST)
    assert time.process_time() - started < 1
