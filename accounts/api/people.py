"""`/api/v1/users`: people, for operators."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.operator_views import OperatorView
from accounts.api.people_bodies import (
    PeopleQuery,
    PersonChange,
    PersonInput,
    PersonOutput,
    PersonPageOutput,
    PersonSessionOutput,
    PersonSessionsOutput,
)
from accounts.http import api_session, api_user
from accounts.models import User
from accounts.services import people, recovery, sessions, users
from accounts.services.people import NewPerson, Wanted
from core import clock
from core.api.cursors import paged
from core.api.idempotency import IDEMPOTENCY_KEY, Handler, idempotent
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from core.keyset import read_page
from core.plans import planned_by_values

TAGS = ["users (operators)"]
ACT = (401, 403, 404)
BODY = (413, 415, 422)


class PeopleView(OperatorView):
    """All the people of this installation."""

    @extend_schema(
        operation_id="list_users",
        tags=TAGS,
        parameters=[PeopleQuery],
        responses=answers(200, PersonPageOutput, 401, 403, 422),
    )
    def get(self, request: Request) -> Response:
        """List and search people. The newest come first; `next_cursor` leads on, at the same speed on every page."""
        query = parse_query(PeopleQuery, request)
        by_time = {"cursor": query.pop("cursor", None), "limit": query.pop("limit")}
        is_ascending = query.pop("sort") == "created_at"
        if query.get("role") == "none":
            query["role"] = ""
        rows = people.find_people(api_user(request), Wanted(**query))
        with planned_by_values():
            page = read_page(rows, of="people", by="created_at", is_ascending=is_ascending, **by_time)
        return Response(paged(page, _shown))

    @extend_schema(
        operation_id="create_user",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=PersonInput,
        responses=answers(201, PersonOutput, 401, 403, 409, *BODY),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a user. Role and `email_verified` ask for a fresh proof of your own (`POST /auth/reauthenticate`)."""
        body = parse(PersonInput, request)
        named = {
            name: body.pop(name) for name in ("email", "password", "role", "email_verified") if name in body
        }
        new = NewPerson(**named, about=body)
        user = people.create(api_user(request), api_session(request), new, now=clock.now())
        return Response(_shown(user), status=201)


class PersonView(OperatorView):
    """One person."""

    @extend_schema(operation_id="get_user", tags=TAGS, responses=answers(200, PersonOutput, *ACT))
    def get(self, request: Request, user_id: UUID) -> Response:
        """Read a user."""
        return Response(_shown(people.get_person(api_user(request), user_id)))

    @extend_schema(
        operation_id="update_user",
        tags=TAGS,
        request=PersonChange,
        responses=answers(200, PersonOutput, *ACT, *BODY),
    )
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Change a user. Role and `email_verified` ask for a fresh proof of your own."""
        actor = api_user(request)
        user = people.get_person(actor, user_id)
        changes = parse(PersonChange, request)
        changed = people.update(actor, api_session(request), user, changes, now=clock.now())
        return Response(_shown(changed))

    @extend_schema(
        operation_id="delete_user", tags=TAGS, request=None, responses=answers(204, None, 409, *ACT)
    )
    def delete(self, request: Request, user_id: UUID) -> Response:
        """Lock a person out and erase the account within ten minutes, for ever. Asks for a fresh proof of your own."""
        actor = api_user(request)
        people.delete(actor, api_session(request), people.get_person(actor, user_id), now=clock.now())
        return Response(status=204)


def _act_schema(operation_id: str) -> Callable[[Handler], Handler]:
    decorate: Callable[[Handler], Handler] = extend_schema(
        operation_id=operation_id, tags=TAGS, request=None, responses=answers(200, PersonOutput, *ACT)
    )
    return decorate


class PersonSuspendView(OperatorView):
    @_act_schema("suspend_user")
    def post(self, request: Request, user_id: UUID) -> Response:
        """Lock a person out at once: sessions end, tokens are not refreshed."""
        return _done(
            request, user_id, lambda actor, user: users.suspend(actor=actor, user=user, now=clock.now())
        )


class PersonReactivateView(OperatorView):
    @_act_schema("reactivate_user")
    def post(self, request: Request, user_id: UUID) -> Response:
        """Let a suspended person in again."""
        return _done(
            request, user_id, lambda actor, user: users.reactivate(actor=actor, user=user, now=clock.now())
        )


class PersonUnlockView(OperatorView):
    @_act_schema("unlock_user")
    def post(self, request: Request, user_id: UUID) -> Response:
        """Forget the person's wrong passwords and codes, so that the right ones are heard again at once."""
        return _done(request, user_id, lambda actor, user: people.unlock(actor, user))


class PersonPasswordResetView(OperatorView):
    @_act_schema("require_password_reset")
    def post(self, request: Request, user_id: UUID) -> Response:
        """The password opens nothing until it is reset by mail; every session ends."""
        return _done(
            request,
            user_id,
            lambda actor, user: recovery.require_reset(actor=actor, user=user, now=clock.now()),
        )


class PersonSessionsView(OperatorView):
    """The living sessions of one person."""

    @extend_schema(
        operation_id="list_user_sessions", tags=TAGS, responses=answers(200, PersonSessionsOutput, *ACT)
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        """List the sessions, the last used first (at most 100)."""
        user = people.get_person(api_user(request), user_id)
        found = sessions.living_sessions(user, now=clock.now())[:100]
        return Response({"data": [PersonSessionOutput(session).data for session in found]})

    @extend_schema(
        operation_id="end_user_sessions", tags=TAGS, request=None, responses=answers(204, None, *ACT)
    )
    def delete(self, request: Request, user_id: UUID) -> Response:
        """Sign the person out everywhere."""
        actor = api_user(request)
        users.sign_out_everywhere(actor=actor, user=people.get_person(actor, user_id), now=clock.now())
        return Response(status=204)


class PersonSessionView(OperatorView):
    """One session of one person."""

    @extend_schema(
        operation_id="end_user_session", tags=TAGS, request=None, responses=answers(204, None, *ACT)
    )
    def delete(self, request: Request, user_id: UUID, session_id: UUID) -> Response:
        """End one session."""
        actor = api_user(request)
        people.end_session(actor, people.get_person(actor, user_id), session_id, now=clock.now())
        return Response(status=204)


def _shown(user: User) -> dict[str, Any]:
    return dict(PersonOutput(user).data)


def _done(request: Request, user_id: UUID, act: Callable[[User, User], object]) -> Response:
    """Find the person, do it, show the person as it is now."""
    actor = api_user(request)
    act(actor, people.get_person(actor, user_id))
    return Response(_shown(people.get_person(actor, user_id)))
