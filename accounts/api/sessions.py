"""`/api/v1/sessions` and `/api/v1/users/me/devices`: where one is signed in, and the browsers that know one."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.devices import describe
from accounts.http import api_session
from accounts.models import Device, Session
from accounts.places import find_place
from accounts.services import devices, sessions
from core import clock
from core.api.lists import ListQuery, list_of, listed
from core.api.schema import EndedOutput, answers
from core.api.serializers import parse_query
from core.errors import NotFound

TAGS = ["sessions"]
REASON = "ended_by_user"


class OwnSessionOutput(serializers.Serializer[Any]):
    """A session. `kind` is `browser` or `api`, `door` where it came in, `place` a city and country, if known."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    device = serializers.CharField()
    ip = serializers.CharField()
    place = serializers.CharField()
    door = serializers.CharField()
    amr = serializers.ListField(child=serializers.CharField())
    auth_time = serializers.DateTimeField()
    sudo_until = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    is_current = serializers.BooleanField()


class DeviceOutput(serializers.Serializer[Any]):
    """A browser that one signed in on. `trusted_until`: till then it needs no second factor."""

    id = serializers.UUIDField()
    device = serializers.CharField()
    ip = serializers.CharField()
    place = serializers.CharField()
    first_seen_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    trusted_until = serializers.DateTimeField(allow_null=True)


OwnSessionListOutput = list_of(OwnSessionOutput)
DeviceListOutput = list_of(DeviceOutput)


class SessionsView(APIView):
    @extend_schema(
        operation_id="list_sessions",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, OwnSessionListOutput, 401, 422),
    )
    def get(self, request: Request) -> Response:
        """Your living sessions, in browsers and through the API, the last used first."""
        current = api_session(request)
        rows = sessions.living_sessions(current.user, now=clock.now())
        query = parse_query(ListQuery, request)
        return Response(listed(rows, query, lambda session: session_body(session, current)))

    @extend_schema(operation_id="end_all_sessions", tags=TAGS, responses=answers(200, EndedOutput, 401))
    def delete(self, request: Request) -> Response:
        """Sign out everywhere, here too. Every token ends with its session."""
        user = api_session(request).user
        return Response({"ended": sessions.end_all(user, reason=REASON, now=clock.now())})


class CurrentSessionView(APIView):
    @extend_schema(
        operation_id="get_current_session", tags=TAGS, responses=answers(200, OwnSessionOutput, 401)
    )
    def get(self, request: Request) -> Response:
        """The session of this access token."""
        current = Session.objects.get(id=api_session(request).id)  # tokens read less of it
        return Response(session_body(current, current))


class OtherSessionsView(APIView):
    @extend_schema(operation_id="end_other_sessions", tags=TAGS, responses=answers(200, EndedOutput, 401))
    def delete(self, request: Request) -> Response:
        """Sign out everywhere but here."""
        current = api_session(request)
        ended = sessions.end_all(current.user, reason=REASON, now=clock.now(), keep=current)
        return Response({"ended": ended})


class SessionView(APIView):
    @extend_schema(operation_id="end_session", tags=TAGS, responses=answers(204, None, 401, 404))
    def delete(self, request: Request, session_id: UUID) -> Response:
        """End one of your sessions; every token ends with it."""
        user = api_session(request).user
        if not sessions.end_session(user=user, session_id=session_id, reason=REASON, now=clock.now()):
            raise NotFound("There is no such living session.", reason="session_not_found")
        return Response(status=204)


class DevicesView(APIView):
    @extend_schema(
        operation_id="list_devices",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, DeviceListOutput, 401, 422),
    )
    def get(self, request: Request) -> Response:
        """The browsers that you signed in on, the last used first."""
        rows = devices.living_devices(api_session(request).user, now=clock.now())
        return Response(listed(rows, parse_query(ListQuery, request), device_body))


class DeviceView(APIView):
    @extend_schema(operation_id="forget_device", tags=TAGS, responses=answers(204, None, 401, 404))
    def delete(self, request: Request, device_id: UUID) -> Response:
        """Forget a browser: it is signed out, not trusted any more, and new the next time."""
        user = api_session(request).user
        if not devices.forget(user=user, device_id=device_id, now=clock.now()):
            raise NotFound("There is no such device.", reason="device_not_found")
        return Response(status=204)


class DevicesTrustView(APIView):
    @extend_schema(operation_id="end_all_device_trust", tags=TAGS, responses=answers(200, EndedOutput, 401))
    def delete(self, request: Request) -> Response:
        """Trust no browser any more; `ended` of them were trusted."""
        user = api_session(request).user
        return Response({"ended": devices.end_trust(user=user, now=clock.now())})


class DeviceTrustView(APIView):
    @extend_schema(operation_id="end_device_trust", tags=TAGS, responses=answers(204, None, 401, 404))
    def delete(self, request: Request, device_id: UUID) -> Response:
        """Trust a browser no more: the next sign-in there asks for the second factor."""
        user = api_session(request).user
        if not devices.end_trust(user=user, device_id=device_id, now=clock.now()):
            raise NotFound("There is no such trusted device.", reason="device_not_found")
        return Response(status=204)


def session_body(session: Session, current: Session) -> dict[str, Any]:
    facts = {
        "id": session.id,
        "kind": session.kind,
        "device": describe(session.user_agent),
        "ip": session.ip or "",
        "place": find_place(session.ip),
        "door": session.door,
        "amr": session.amr,
        "auth_time": session.auth_time,
        "sudo_until": session.sudo_until,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "expires_at": session.expires_at,
        "is_current": session.id == current.id,
    }
    return dict(OwnSessionOutput(facts).data)


def device_body(device: Device) -> dict[str, Any]:
    facts = {
        "id": device.id,
        "device": describe(device.user_agent),
        "ip": device.ip or "",
        "place": find_place(device.ip),
        "first_seen_at": device.first_seen_at,
        "last_seen_at": device.last_seen_at,
        "trusted_until": device.trusted_until,
    }
    return dict(DeviceOutput(facts).data)
