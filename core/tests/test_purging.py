"""Clean-up is bounded, goes on where it stopped, and takes nothing that came back to life."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from core import purging
from core.models import ThrottleCounter
from core.purging import purge_rows
from core.tests.parallel import in_parallel

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 10)
    monkeypatch.setattr(purging, "MAX_ROWS", 20)


def counters(count: int) -> QuerySet[ThrottleCounter]:
    """So many counters, each ended an hour before the one in front; all that have ended."""
    ThrottleCounter.objects.bulk_create(
        ThrottleCounter(key=str(number), count=1, expires_at=NOW - timedelta(hours=number))
        for number in range(count)
    )
    return ThrottleCounter.objects.filter(expires_at__lte=NOW)


def test_a_run_stops_at_its_bound_and_the_next_goes_on(db: None) -> None:
    rows = counters(35)
    assert purge_rows(rows, oldest_by="expires_at") == 20
    assert {int(row.key) for row in rows} == set(range(15))  # the oldest went
    assert purge_rows(rows, oldest_by="expires_at") == 15
    assert purge_rows(rows, oldest_by="expires_at") == 0


def test_rows_of_one_moment_all_go(db: None) -> None:
    """More than a batch of them: the next page begins at that moment, not behind it."""
    rows = counters(18)
    ThrottleCounter.objects.update(expires_at=NOW)
    assert purge_rows(rows, oldest_by="expires_at") == 18


@pytest.mark.django_db(transaction=True)
def test_what_is_being_renewed_stays_and_nobody_waits() -> None:
    rows = counters(3)
    with transaction.atomic():
        ThrottleCounter.objects.filter(key="1").update(expires_at=NOW + timedelta(hours=1))
        assert in_parallel(1, lambda: purge_rows(rows, oldest_by="expires_at")) == [2]
    assert [row.key for row in ThrottleCounter.objects.all()] == ["1"]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_share_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines without a broker clean up at the same time."""
    monkeypatch.setattr(purging, "MAX_ROWS", 1000)
    rows = counters(300)
    went = in_parallel(2, lambda: purge_rows(rows.all(), oldest_by="expires_at"))
    left = purge_rows(rows, oldest_by="expires_at")  # a run that finds all its rows in other hands leaves
    assert sum(went) + left == 300
    assert not rows.exists()


def test_a_batch_is_few_statements(db: None, django_assert_num_queries: Any) -> None:
    """Looking for the page, locking it, deleting it, with its transaction; then the look that finds nothing."""
    rows = counters(10)
    with django_assert_num_queries(6):
        purge_rows(rows, oldest_by="expires_at")
