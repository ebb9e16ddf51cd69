"""Many writers at once leave one chain without gaps."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from audit.models import Event
from audit.tests.trail import audit_verify, brew

THREADS, RECORDS = 16, 20


def _work(_: int) -> None:
    try:
        for _ in range(RECORDS):
            brew()
    finally:
        connection.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_of_twenty_records_leave_no_gap() -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(_work, range(THREADS)))
    numbers = list(Event.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, THREADS * RECORDS + 1))
    assert audit_verify()[1].startswith(f"system: {THREADS * RECORDS} events, intact")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_chain_that_many_make_at_once_is_one_chain() -> None:
    organization = uuid4()

    def first(_: int) -> None:
        try:
            brew(organization_id=organization)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(first, range(THREADS)))
    assert audit_verify()[1].startswith(f"org:{organization}: {THREADS} events, intact")
