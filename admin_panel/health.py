"""What Janua leans on, and whether it holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from core import clock
from core.models import Mail
from tokens.models import SigningKey

LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing we lean on."""

    name: str
    is_well: bool
    facts: dict[str, object] = field(default_factory=dict)


def all_checks() -> list[Check]:
    """Database, cache, queue, mail and keys. A check that cannot look is not well."""
    return [
        database(),
        _guarded("cache", _cache),
        *(_guarded(name, look) for name, look in _ON_DATABASE.items()),
    ]


def database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return Check("database", is_well=False)
    return Check("database", is_well=True, facts={"engine": connection.vendor})


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except (DatabaseError, RedisError, OSError) as error:
        return Check(name, is_well=False, facts={"error": type(error).__name__})


def _cache() -> Check:
    cache.set("health", "ok", timeout=10)
    kind = "redis" if settings.JANUA.redis_url else "in process"
    return Check("cache", is_well=cache.get("health") == "ok", facts={"kind": kind})


def _queue() -> Check:
    late = Mail.objects.filter(
        status__in=(Mail.Status.PENDING, Mail.Status.SENDING), next_attempt_at__lt=clock.now() - LATE
    ).count()
    return Check("queue", is_well=late == 0, facts={"late": late})


def _mail() -> Check:
    since = clock.now() - timedelta(hours=1)
    failed = Mail.objects.filter(status=Mail.Status.FAILED, created_at__gt=since).count()
    kind = "smtp" if settings.JANUA.smtp_host else "mailbox"
    return Check("mail", is_well=failed == 0, facts={"kind": kind, "failed_last_hour": failed})


def _keys() -> Check:
    current = SigningKey.objects.filter(
        state=SigningKey.State.CURRENT, algorithm=settings.JANUA.jwt_algorithm
    ).first()
    facts: dict[str, object] = {"kid": current.kid, "algorithm": current.algorithm} if current else {}
    return Check("keys", is_well=current is not None, facts=facts)


_ON_DATABASE: dict[str, Callable[[], Check]] = {"queue": _queue, "mail": _mail, "keys": _keys}
