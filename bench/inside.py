"""Work without a request around it: CPU of this process and of its PostgreSQL backend, in milliseconds.

python -m bench.inside append|purge        (with the environment of the server whose database is meant)
"""

import os
import sys
import time
from collections.abc import Callable
from uuid import uuid4

import django
from django.db import connection, transaction

from bench.cpu import cpu_nanoseconds, milliseconds_between

WARM_UP, APPENDED = 50, 500


def append() -> float:
    """One audit entry: each in a transaction of its own, about somebody else, from somewhere."""
    _append(WARM_UP)
    return _spent(lambda: _append(APPENDED)) / APPENDED


def purge() -> float:
    """One run of the clean-up of tokens."""
    from tokens.tasks import purge_tokens

    return _spent(purge_tokens)


def _append(count: int) -> None:
    from audit import services as audit
    from core.context import RequestContext, request_context
    from tokens.events import TokenRefreshed

    for _ in range(count):
        target = uuid4()
        context = RequestContext(
            request_id=target.hex, ip="203.0.113.7", user_agent="bench", actor_id=uuid4()
        )
        with request_context(context), transaction.atomic():
            audit.record(TokenRefreshed(target_type="token_family", target_id=str(target)))


def _spent(work: Callable[[], object]) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    ours, theirs = time.process_time(), cpu_nanoseconds([backend])
    work()
    return (time.process_time() - ours) * 1000 + milliseconds_between(theirs, cpu_nanoseconds([backend]))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "janua.settings"
    django.setup()
    print({"append": append, "purge": purge}[sys.argv[1]]())
