"""What Janua leans on, and whether it holds; a check that cannot look is not well."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from admin_panel import health
from core import clock
from core.models import Mail
from tokens.services import keys

pytestmark = pytest.mark.django_db


def checks() -> dict[str, health.Check]:
    return {check.name: check for check in health.all_checks()}


def a_mail(status: str, *, minutes_ago: int) -> None:
    moment = clock.now() - timedelta(minutes=minutes_ago)
    Mail.objects.create(
        kind="x", recipient="a@example.com", status=status, created_at=moment, next_attempt_at=moment
    )


def test_all_is_well_once_there_are_keys() -> None:
    assert not checks()["keys"].is_well
    keys.ensure_keys(now=clock.now())
    found = checks()
    assert all(check.is_well for check in found.values())
    assert found.keys() == {"database", "cache", "queue", "mail", "keys"}
    assert found["keys"].facts["algorithm"] == "RS256"


@pytest.mark.parametrize(("minutes_ago", "is_well"), [(4, True), (6, False)])
@pytest.mark.parametrize("status", ["pending", "sending"])
def test_mail_that_waits_for_five_minutes_is_late(status: str, minutes_ago: int, is_well: bool) -> None:
    a_mail(status, minutes_ago=minutes_ago)
    assert checks()["queue"].is_well is is_well


@pytest.mark.parametrize(("minutes_ago", "is_well"), [(59, False), (61, True)])
def test_mail_that_failed_within_the_hour_is_told(minutes_ago: int, is_well: bool) -> None:
    a_mail("failed", minutes_ago=minutes_ago)
    found = checks()["mail"]
    assert found.is_well is is_well
    assert found.facts["failed_last_hour"] == (0 if is_well else 1)


def away(*_: Any, **__: Any) -> None:
    raise OperationalError("connection refused at 10.1.2.3")


def test_a_database_that_is_away_is_said_of_every_check_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:  # the test's own roll-back needs the cursor again
        patch.setattr(health.connection, "cursor", away)
        patch.setattr(health.connection, "close", lambda: None)
        found = checks()
    assert [name for name, check in found.items() if not check.is_well] == [
        "database",
        "queue",
        "mail",
        "keys",
    ]
    assert found["queue"].facts == {"error": "OperationalError"}
    assert "10.1.2.3" not in str(found)


def test_a_cache_that_is_away_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise RedisAway("refused")

    monkeypatch.setattr(type(cache._connections["default"]), "set", refuse)
    assert not checks()["cache"].is_well
