"""Rate limits that count first and check then, in one atomic statement (rule 14).

Call `hit` outside a transaction: a roll-back would take the count back. Where a success should not
count, `refund` it afterwards. `core.limits` holds the named limits.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.utils.translation import gettext as _

from core import context, crypto, throttle_database, throttle_redis
from core.errors import RateLimited


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` hits in a window of so many `seconds`, which opens with the first hit.

    `may_lapse`: Redis may count it, and losing Redis may start the count over. Not for guesses.
    """

    name: str
    count: int
    seconds: int
    may_lapse: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether this hit was within the limit; if not, when to come again."""

    allowed: bool
    remaining: int
    retry_after_seconds: int


def hit(limit: Limit, key: str, *, now: datetime) -> Verdict:
    """Count one attempt of `key` (an account's id, an address, a network) and judge it."""
    if settings.JANUA.rate_limits == "off":
        return Verdict(allowed=True, remaining=limit.count, retry_after_seconds=0)
    count, expires_at = _count(limit, _hashed(limit, key), now)
    allowed = count <= limit.count
    wait = 0 if allowed else max(1, math.ceil((expires_at - now).total_seconds()))
    return Verdict(allowed=allowed, remaining=max(0, limit.count - count), retry_after_seconds=wait)


def require(limit: Limit, key: str, *, now: datetime) -> None:
    """Count one attempt; raises `RateLimited` past the limit."""
    verdict = hit(limit, key, now=now)
    if not verdict.allowed:
        raise RateLimited(
            _("Too many attempts. Wait a while, then try again."),
            retry_after_seconds=verdict.retry_after_seconds,
        )


def visitor() -> str:
    """The network that the request at hand comes from; commands come from nowhere and share a name."""
    ip = context.current().ip
    return network_of(ip) if ip else "local"


def refund(limit: Limit, key: str) -> None:
    """Take one hit back: the attempt was a success."""
    if settings.JANUA.rate_limits == "off":
        return
    hashed = _hashed(limit, key)
    if not (_may_use_redis(limit) and throttle_redis.refund(hashed)):
        throttle_database.refund(hashed)


def clear(limit: Limit, key: str) -> None:
    """Forget all hits of the key."""
    if settings.JANUA.rate_limits == "off":
        return
    hashed = _hashed(limit, key)
    if _may_use_redis(limit):
        throttle_redis.clear(hashed)
    throttle_database.clear(hashed)


def network_of(ip: str) -> str:
    """The network that counts as one visitor: a whole /64 in IPv6, where one visitor owns them all."""
    address = ip_address(ip)
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return str(ip_network((address, 32 if address.version == 4 else 64), strict=False))


def _count(limit: Limit, hashed: str, now: datetime) -> tuple[int, datetime]:
    window = timedelta(seconds=limit.seconds)
    counted = throttle_redis.hit(hashed, now, window) if _may_use_redis(limit) else None
    return counted or throttle_database.hit(hashed, now, window)


def _may_use_redis(limit: Limit) -> bool:
    return limit.may_lapse and bool(settings.JANUA.redis_url)


def _hashed(limit: Limit, key: str) -> str:
    """Neither Redis nor the database shall hold addresses."""
    return crypto.keyed_hash("throttle", f"{limit.name}\0{key}")
