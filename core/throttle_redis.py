"""The throttles' counters in Redis, for what is hit often. When Redis fails the database counts on."""

import time
from datetime import UTC, datetime, timedelta

import structlog
from django_redis import get_redis_connection
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

BREAK_SECONDS = 5.0
"""How long Redis is left alone after it failed: one request in so many seconds pays for the trial."""

# A counter is a hash: c(ount) and e(nd of the window, milliseconds). The caller's clock decides when the
# window ends, as in the database; Redis' own expiry only clears away.
HIT = """
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local ends = tonumber(redis.call('HGET', KEYS[1], 'e') or '0')
if ends <= now then
  ends = now + window
  redis.call('HSET', KEYS[1], 'c', 0, 'e', ends)
  redis.call('PEXPIRE', KEYS[1], window)
end
return {redis.call('HINCRBY', KEYS[1], 'c', 1), ends}
"""
REFUND = """
if tonumber(redis.call('HGET', KEYS[1], 'c') or '0') > 0 then redis.call('HINCRBY', KEYS[1], 'c', -1) end
return 1
"""
CLEAR = "redis.call('DEL', KEYS[1]) return 1"

_open_until = 0.0  # of the breaker, in this process; monotonic seconds


def hit(key: str, now: datetime, window: timedelta) -> tuple[int, datetime] | None:
    """Count one hit; how many there are and when the window ends. None when Redis cannot tell."""
    answer = _run(HIT, key, _milliseconds(now), window // timedelta(milliseconds=1))
    if not isinstance(answer, list):
        return None
    count, ends = answer
    return int(count), datetime.fromtimestamp(int(ends) / 1000, UTC)


def refund(key: str) -> bool:
    """Take one hit back; whether Redis did."""
    return _run(REFUND, key) is not None


def clear(key: str) -> None:
    """Forget the key, if Redis is there."""
    _run(CLEAR, key)


def _run(script: str, key: str, *arguments: int) -> object:
    global _open_until
    if time.monotonic() < _open_until:
        return None
    try:
        return get_redis_connection("default").eval(script, 1, f"janua:throttle:{key}", *arguments)
    except (RedisError, OSError) as error:
        _open_until = time.monotonic() + BREAK_SECONDS
        log.warning("redis_unavailable", reason="the database counts meanwhile", error=type(error).__name__)
        return None


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
