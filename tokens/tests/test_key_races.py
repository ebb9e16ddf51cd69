"""Processes that make, rotate and revoke keys at the same moment: one wins, and the others read what it did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from audit.models import Event
from core import clock
from core.errors import Conflict
from tokens.models import SigningKey
from tokens.services import keys

NOW = clock.now()
RUNNERS = 6
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(act: Callable[[], object]) -> list[object]:
    """What each of the runners got: an answer, or the error."""
    start = Barrier(RUNNERS)

    def run(_: int) -> object:
        connection.ensure_connection()
        start.wait(timeout=10)
        try:
            return act()
        except Conflict as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(RUNNERS) as pool:
        return list(pool.map(run, range(RUNNERS)))


def each_algorithm_has_one_current_and_one_next() -> bool:
    rows = SigningKey.objects.filter(state__in=("current", "next")).values_list("algorithm", "state")
    return sorted(rows) == sorted((a, s) for a in keys.SIGNING_ALGORITHMS for s in ("current", "next"))


def test_the_first_keys_are_made_once() -> None:
    at_once(lambda: keys.ensure_keys(now=NOW))
    assert each_algorithm_has_one_current_and_one_next()
    assert SigningKey.objects.count() == 2 * len(keys.SIGNING_ALGORITHMS)


def test_of_two_schedulers_one_rotates() -> None:
    keys.ensure_keys(now=NOW)
    at_once(lambda: keys.rotate_due_keys(now=NOW + timedelta(days=90)))
    assert each_algorithm_has_one_current_and_one_next()
    assert SigningKey.objects.filter(state="retired").count() == len(keys.SIGNING_ALGORITHMS)
    assert Event.objects.filter(action="signing_key.rotated").count() == len(keys.SIGNING_ALGORITHMS)


def test_rotations_by_hand_at_the_same_moment_are_one() -> None:
    keys.ensure_keys(now=NOW)
    answers = at_once(lambda: keys.rotate_signing_key(now=NOW + timedelta(hours=1)))
    assert sum(not isinstance(answer, Conflict) for answer in answers) == 1
    assert each_algorithm_has_one_current_and_one_next()
    assert SigningKey.objects.filter(state="retired").count() == 1


def test_a_key_revoked_many_times_is_replaced_once() -> None:
    keys.ensure_keys(now=NOW)
    stolen = keys.ring().current.kid
    at_once(lambda: keys.revoke_signing_key(kid=stolen, now=NOW))
    assert SigningKey.objects.get(state="revoked").kid == stolen
    assert each_algorithm_has_one_current_and_one_next()
    assert not SigningKey.objects.filter(state="retired").exists()
