"""What is known of the request at hand, for the audit trail and the logs."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID

from structlog.typing import EventDict


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Who asks, from where; `client_id`: by which program, where it is no browser. All empty outside a request (commands, tasks)."""

    request_id: str = ""
    ip: str = ""
    user_agent: str = ""
    session_id: UUID | None = None
    actor_id: UUID | None = None
    client_id: str = ""


_current: ContextVar[RequestContext] = ContextVar("janua_request_context", default=RequestContext())


def current() -> RequestContext:
    """The context of the request at hand."""
    return _current.get()


def bind_actor(*, session_id: UUID | None, actor_id: UUID | None, client_id: str = "") -> None:
    """Name the authenticated actor, once a credential was checked."""
    known = replace(_current.get(), session_id=session_id, actor_id=actor_id, client_id=client_id)
    _current.set(known)


def name_request(_logger: object, _method: str, event: EventDict) -> EventDict:
    """For the logs: the request, and once it is known who asks."""
    known = _current.get()
    for name, value in (
        ("request_id", known.request_id),
        ("session_id", known.session_id),
        ("actor_id", known.actor_id),
        ("client_id", known.client_id),
    ):
        if value:
            event.setdefault(name, str(value))
    return event


@contextmanager
def request_context(context: RequestContext) -> Iterator[None]:
    """Hold `context` for the length of one request."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)
