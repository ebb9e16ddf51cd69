"""Limits count first and check then, in the database or in Redis, and hold when Redis goes away.

Cases: S096 S102 S255.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings
from redis import Redis as RedisClient

from core import limits, throttle, throttle_redis
from core.models import ThrottleCounter
from core.tasks import purge
from core.tests.parallel import in_parallel
from core.throttle import Limit, network_of
from tests.support.redis import Redis

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
GUESSES = Limit("guesses", 10, 900)
VOLUME = Limit("volume", 10, 900, may_lapse=True)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def limits_are_on(janua_options: Callable[..., None]) -> None:
    janua_options(rate_limits="on", redis_url="")


@pytest.fixture(scope="module")
def redis_server() -> Iterator[Redis]:
    with Redis() as server:
        yield server


@pytest.fixture
def redis(redis_server: Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Redis:
    """A living Redis that the settings name, and a closed breaker."""
    if not redis_server.process.is_alive():
        redis_server.start()
    with _client(redis_server) as client:
        client.flushdb()
    _configure_redis(settings, redis_server.url)
    monkeypatch.setattr(throttle_redis, "_open_until", 0.0)
    return redis_server


@pytest.fixture(params=["database", "redis"])
def limit(request: pytest.FixtureRequest) -> Limit:
    """The same limit, counted in each of the two places; a key of its own per test."""
    if request.param == "redis":
        request.getfixturevalue("redis")
    return Limit(request.node.name, 10, 900, may_lapse=True)


def test_s096_ten_are_allowed_and_the_eleventh_waits(limit: Limit) -> None:
    verdicts = [throttle.hit(limit, "ann", now=NOW) for _ in range(12)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 10 + [False] * 2
    assert [verdict.remaining for verdict in verdicts] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]
    assert verdicts[-1].retry_after_seconds == 900
    assert throttle.hit(limit, "ann", now=NOW + timedelta(seconds=600.5)).retry_after_seconds == 300


def test_the_window_ends_where_it_began_and_not_later(limit: Limit) -> None:
    for second in range(0, 900, 60):
        throttle.hit(limit, "ann", now=NOW + timedelta(seconds=second))
    assert not throttle.hit(limit, "ann", now=NOW + timedelta(seconds=899.9)).allowed
    verdict = throttle.hit(limit, "ann", now=NOW + timedelta(seconds=900))
    assert (verdict.allowed, verdict.remaining) == (True, 9)


def test_keys_and_limits_do_not_share_a_count(limit: Limit) -> None:
    for _ in range(11):
        throttle.hit(limit, "ann", now=NOW)
    other = Limit(f"{limit.name} too", 10, 900, may_lapse=True)
    assert throttle.hit(limit, "bob", now=NOW).remaining == 9
    assert throttle.hit(other, "ann", now=NOW).remaining == 9


def test_refund_takes_one_hit_back_and_never_more_than_there_were(limit: Limit) -> None:
    throttle.hit(limit, "ann", now=NOW)
    for _ in range(3):
        throttle.refund(limit, "ann")
    assert throttle.hit(limit, "ann", now=NOW).remaining == 9
    throttle.refund(limit, "nobody")
    assert throttle.hit(limit, "nobody", now=NOW).remaining == 9


def test_clear_forgets_all_hits(limit: Limit) -> None:
    for _ in range(11):
        throttle.hit(limit, "ann", now=NOW)
    throttle.clear(limit, "ann")
    assert throttle.hit(limit, "ann", now=NOW).remaining == 9


def test_s102_two_hundred_parallel_hits_count_two_hundred(limit: Limit) -> None:
    verdicts = in_parallel(200, lambda: throttle.hit(limit, "ann", now=NOW))
    assert sum(verdict.allowed for verdict in verdicts) == 10
    for _ in range(191):
        throttle.refund(limit, "ann")
    assert throttle.hit(limit, "ann", now=NOW).allowed  # 9 + 1: neither more nor fewer than 200 were counted
    assert not throttle.hit(limit, "ann", now=NOW).allowed


def test_an_ended_window_starts_anew_once_under_parallel_hits(limit: Limit) -> None:
    for _ in range(30):
        throttle.hit(limit, "ann", now=NOW)
    later = NOW + timedelta(seconds=901)
    verdicts = in_parallel(40, lambda: throttle.hit(limit, "ann", now=later))
    assert sum(verdict.allowed for verdict in verdicts) == 10


def test_guesses_are_counted_in_the_database_even_where_redis_is(redis: Redis) -> None:
    throttle.hit(GUESSES, "ann", now=NOW)
    assert ThrottleCounter.objects.count() == 1
    throttle.hit(VOLUME, "ann", now=NOW)
    assert ThrottleCounter.objects.count() == 1


def test_s096_the_limit_on_guesses_holds_when_redis_is_killed_in_the_middle(redis: Redis) -> None:
    allowed = [throttle.hit(GUESSES, "ann", now=NOW).allowed for _ in range(6)]
    redis.kill9()
    allowed += [throttle.hit(GUESSES, "ann", now=NOW).allowed for _ in range(6)]
    redis.start()
    allowed += [throttle.hit(GUESSES, "ann", now=NOW).allowed for _ in range(6)]
    assert allowed == [True] * 10 + [False] * 8


def test_the_database_counts_volume_when_redis_is_killed(redis: Redis) -> None:
    for _ in range(11):
        throttle.hit(VOLUME, "killed", now=NOW)
    redis.kill9()
    verdicts = in_parallel(100, lambda: throttle.hit(VOLUME, "killed", now=NOW))
    assert sum(verdict.allowed for verdict in verdicts) == 10
    assert ThrottleCounter.objects.get().count == 100


def test_a_redis_that_hangs_costs_one_short_wait_and_is_then_left_alone(redis: Redis) -> None:
    throttle.hit(VOLUME, "hung", now=NOW)
    os.kill(redis.process.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        verdicts = [throttle.hit(VOLUME, "hung", now=NOW) for _ in range(20)]
        assert time.monotonic() - started < 3
    finally:
        os.kill(redis.process.pid, signal.SIGCONT)
    assert sum(verdict.allowed for verdict in verdicts) == 10


def test_a_redis_that_is_full_is_no_open_door(redis: Redis) -> None:
    with _client(redis) as client:
        client.config_set("maxmemory", "1")
        try:
            verdicts = [throttle.hit(VOLUME, "full", now=NOW) for _ in range(20)]
        finally:
            client.config_set("maxmemory", "0")
    assert sum(verdict.allowed for verdict in verdicts) == 10


def test_redis_counts_again_once_it_is_back(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    redis.kill9()
    throttle.hit(VOLUME, "back", now=NOW)
    redis.start()
    throttle.hit(VOLUME, "back", now=NOW)
    with _client(redis) as client:
        assert client.dbsize() == 0  # the breaker is still open
        monkeypatch.setattr(throttle_redis, "_open_until", 0.0)
        throttle.hit(VOLUME, "back", now=NOW)
        assert client.dbsize() == 1


def test_neither_place_holds_the_key_or_keeps_it_for_ever(redis: Redis) -> None:
    throttle.hit(VOLUME, "ann@example.com", now=NOW)
    with _client(redis) as client:
        (name,) = client.keys()
        assert b"ann" not in name
        assert 0 < client.pttl(name) <= 900_000
    throttle.hit(GUESSES, "ann@example.com", now=NOW)
    assert "ann" not in ThrottleCounter.objects.get().key
    purge.apply(throw=True)
    assert not ThrottleCounter.objects.exists()


def test_limits_can_be_switched_off_for_benches(janua_options: Callable[..., None]) -> None:
    janua_options(rate_limits="off")
    assert all(throttle.hit(GUESSES, "ann", now=NOW).allowed for _ in range(50))
    assert not ThrottleCounter.objects.exists()


def test_a_visitor_is_one_ipv4_address_or_a_whole_ipv6_network() -> None:
    assert network_of("203.0.113.7") == "203.0.113.7/32"
    assert network_of("::ffff:203.0.113.7") == "203.0.113.7/32"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")


def test_s255_every_named_limit_has_a_name_of_its_own() -> None:
    named = [value for value in vars(limits).values() if isinstance(value, Limit)]
    assert len({limit.name for limit in named}) == len(named)
    assert {limit.name for limit in named if limit.may_lapse} == {
        "authorize_ip",
        "avatar_changes",
        "client_changes",
        "client_keys_fetch",
        "consent_changes",
        "denials",
        "denials_of_one",
        "device_request",
        "domain_checks",
        "login_global",
        "organization_changes",
        "refresh_ip",
        "request_uri_fetch",
        "passkey_options_ip",
        "social_start_ip",
    }


def _configure_redis(settings: Settings, url: str) -> None:
    settings.JANUA = settings.JANUA.model_copy(update={"redis_url": url})
    options = {"SOCKET_CONNECT_TIMEOUT": 0.2, "SOCKET_TIMEOUT": 0.2}
    settings.CACHES = {
        "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": options}
    }


def _client(server: Redis) -> RedisClient:
    return RedisClient.from_url(server.url)
