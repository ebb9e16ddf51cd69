"""Statements compiled once say the same as their querysets, each time with other values."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from core.models import ThrottleCounter
from core.statements import Insert, Select, Update, slot, write_together

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BY_KEY = Select(lambda: ThrottleCounter.objects.filter(key=slot(ThrottleCounter, "key")))
COUNT_ON = Update(
    lambda: ThrottleCounter.objects.filter(
        key=slot(ThrottleCounter, "key"), expires_at__gt=slot(ThrottleCounter, "expires_at", "now")
    ),
    count=F("count") + 1,
)


@pytest.fixture(autouse=True)
def _counters(db: None) -> None:
    for number, key in enumerate(("one", "two")):
        ThrottleCounter.objects.create(key=key, count=number, expires_at=NOW)


def test_a_select_reads_the_row_of_its_values() -> None:
    for key in ("one", "two", "one"):
        found = BY_KEY.first(key=key)
        expected = ThrottleCounter.objects.get(key=key)
        assert found is not None
        assert (found, found.count, found.expires_at) == (expected, expected.count, NOW)
    assert BY_KEY.first(key="three") is None


def test_a_row_that_must_be_there_is_missed_loudly() -> None:
    with pytest.raises(LookupError):
        BY_KEY.one(key="three")


def test_an_update_changes_the_rows_that_fit_and_returns_them() -> None:
    early = NOW - timedelta(seconds=1)
    assert [row.count for row in COUNT_ON.rows(key="two", now=early)] == [2]
    assert COUNT_ON.rows(key="two", now=NOW) == []
    assert ThrottleCounter.objects.get(key="two").count == 2


def test_a_value_that_was_forgotten_is_an_error() -> None:
    with pytest.raises(KeyError):
        BY_KEY.first()


def test_an_insert_adds_a_row() -> None:
    insert = Insert(ThrottleCounter)
    for key in ("three", "four"):
        added = insert.add(ThrottleCounter(key=key, count=7, expires_at=NOW))
        found = ThrottleCounter.objects.get(key=key)
        assert (found, found.count, found.expires_at) == (added, 7, NOW)
        added.count = 8
        added.save()  # an update: the row knows that it is there
        assert ThrottleCounter.objects.get(key=key).count == 8


def test_writes_together_are_all_done_each_with_its_own_values() -> None:
    by_key = ThrottleCounter.objects.filter
    insert = Insert(ThrottleCounter)
    put = Update(lambda: by_key(key=slot(ThrottleCounter, "key")), count=slot(ThrottleCounter, "count"))
    for name in ("a", "b"):
        write_together(
            insert.of(ThrottleCounter(key=f"three {name}", count=3, expires_at=NOW)),
            insert.of(ThrottleCounter(key=f"four {name}", count=4, expires_at=NOW)),
            put.of(key="two", count=20),
        )
    counts = dict(ThrottleCounter.objects.values_list("key", "count"))
    assert counts == {"one": 0, "two": 20, "three a": 3, "four a": 4, "three b": 3, "four b": 4}
