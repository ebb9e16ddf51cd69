"""What is known of the request at hand, for the audit trail and the logs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID

import structlog


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks, from where. All empty outside a request (commands, tasks)."""

    request_id: str = ""
    ip: str = ""
    user_agent: str = ""
    session_id: UUID | None = None
    actor_id: UUID | None = None


_current: ContextVar[RequestContext] = ContextVar("janua_request_context", default=RequestContext())


def current() -> RequestContext:
    """The context of the request at hand."""
    return _current.get()


def bind_actor(*, session_id: UUID | None, actor_id: UUID | None) -> None:
    """Name the authenticated actor, once a credential was checked."""
    _current.set(replace(_current.get(), session_id=session_id, actor_id=actor_id))
    structlog.contextvars.bind_contextvars(session_id=str(session_id), actor_id=str(actor_id))


@contextmanager
def request_context(context: RequestContext) -> Iterator[None]:
    """Hold `context` for the length of one request."""
    token = _current.set(context)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=context.request_id)
    try:
        yield
    finally:
        structlog.contextvars.clear_contextvars()
        _current.reset(token)
