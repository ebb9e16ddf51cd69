"""A search is planned for what is searched, however often the same statement ran before."""

import pytest
from django.db import connection, transaction

from core.plans import planned_by_values

pytestmark = pytest.mark.django_db(transaction=True)


def plan_cache_mode() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        (mode,) = cursor.fetchone()
    return str(mode)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite prepares no plan for all values")
def test_statements_inside_are_planned_for_their_values_and_no_others() -> None:
    with planned_by_values():
        assert plan_cache_mode() == "force_custom_plan"
    assert plan_cache_mode() == "auto"
    with transaction.atomic():
        assert plan_cache_mode() == "auto"
