"""`/api/v1/oauth/clients/{client_id}/permissions`: what an app lets organizations put into their roles."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_user
from core import clock
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.schema import answers
from core.api.serializers import ShownModelSerializer, StrictSerializer, parse
from oauth import ownership
from oauth.api.views import BODY, TAGS
from oauth.services import client_permissions
from organizations.models import AppPermission
from organizations.permission_names import MAX_LENGTH, PATTERN

MAX_DESCRIPTION = 200


class ClientPermissionChangeInput(StrictSerializer):
    description = serializers.CharField(max_length=MAX_DESCRIPTION, allow_blank=True)


class ClientPermissionInput(StrictSerializer):
    """`name`: resource:action, as in invoices:write; it never changes. Janua's own resources are reserved."""

    name = serializers.RegexField(PATTERN.removesuffix("$") + r"\Z", max_length=MAX_LENGTH)
    description = serializers.CharField(max_length=MAX_DESCRIPTION, allow_blank=True, required=False)


class ClientPermissionOutput(ShownModelSerializer[AppPermission]):
    class Meta:
        model = AppPermission
        fields = ("id", "name", "description", "created_at")


class ClientPermissionsOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {"data": ClientPermissionOutput(many=True)}


class ClientPermissionsView(APIView):
    @extend_schema(
        operation_id="list_client_permissions",
        tags=TAGS,
        responses=answers(200, ClientPermissionsOutput, 401, 404),
    )
    def get(self, request: Request, client_id: str) -> Response:
        """The permissions of a client, at most 100."""
        client = ownership.get_client(api_user(request), client_id)
        return Response({"data": ClientPermissionOutput(client_permissions.of(client), many=True).data})

    @extend_schema(
        operation_id="define_client_permission",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=ClientPermissionInput,
        responses=answers(201, ClientPermissionOutput, 409, *BODY),
    )
    @idempotent
    def post(self, request: Request, client_id: str) -> Response:
        """Define a permission. Organizations put it into roles; tokens for this client carry it."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        body = parse(ClientPermissionInput, request)
        made = client_permissions.define(actor=actor, client=client, **body, now=clock.now())
        return Response(ClientPermissionOutput(made).data, status=201)


class ClientPermissionView(APIView):
    @extend_schema(
        operation_id="describe_client_permission",
        tags=TAGS,
        request=ClientPermissionChangeInput,
        responses=answers(200, ClientPermissionOutput, *BODY),
    )
    def patch(self, request: Request, client_id: str, permission_id: UUID) -> Response:
        """Say anew what a permission is for."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        body = parse(ClientPermissionChangeInput, request)
        changed = client_permissions.describe(actor=actor, client=client, permission_id=permission_id, **body)
        return Response(ClientPermissionOutput(changed).data)

    @extend_schema(operation_id="delete_client_permission", tags=TAGS, responses=answers(204, None, 401, 404))
    def delete(self, request: Request, client_id: str, permission_id: UUID) -> Response:
        """Delete a permission: it leaves every role of every organization at once."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        client_permissions.delete(actor=actor, client=client, permission_id=permission_id, now=clock.now())
        return Response(status=204)
