"""The context of a request lives as long as the request, and no longer."""

from uuid import uuid4

import pytest

from core import context
from core.context import RequestContext


def test_outside_a_request_nothing_is_known() -> None:
    assert context.current() == RequestContext()


def test_the_context_is_held_and_given_back() -> None:
    with context.request_context(RequestContext("request-1", "192.0.2.1", "agent")):
        assert context.current().ip == "192.0.2.1"
        assert context.name_request(None, "info", {}) == {"request_id": "request-1"}
    assert context.current() == RequestContext()
    assert context.name_request(None, "info", {}) == {}


def test_the_actor_is_named_once_known_and_forgotten_with_the_request() -> None:
    session_id, actor_id = uuid4(), uuid4()
    with context.request_context(RequestContext("request-1")):
        context.bind_actor(session_id=session_id, actor_id=actor_id)
        assert (context.current().session_id, context.current().actor_id) == (session_id, actor_id)
        assert context.current().request_id == "request-1"
        assert context.name_request(None, "info", {"session_id": "another"}) == {
            "request_id": "request-1",
            "session_id": "another",
            "actor_id": str(actor_id),
        }
    assert context.current().actor_id is None


def test_a_failing_request_gives_the_context_back_too() -> None:
    with pytest.raises(ZeroDivisionError), context.request_context(RequestContext("request-1")):
        _ = 1 / 0
    assert context.current() == RequestContext()
