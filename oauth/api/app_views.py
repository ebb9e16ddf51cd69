"""`/users/me/apps`: the applications that one has allowed."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_user
from core import clock
from core.api.schema import answers
from core.errors import NotFound
from oauth.services import apps, consents
from oauth.services.apps import AllowedApp

TAGS = ["users"]


class AppScopeOutput(serializers.Serializer[Any]):
    scope = serializers.CharField()
    description = serializers.CharField(help_text="In plain words.")


class AllowedAppOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    client_id = serializers.CharField()
    client_name = serializers.CharField()
    client_uri = serializers.CharField(allow_blank=True)
    publisher = serializers.CharField(allow_blank=True)
    is_verified = serializers.BooleanField(help_text="An operator vouches for the publisher.")
    logo_url = serializers.CharField(allow_blank=True)
    scopes = AppScopeOutput(many=True)
    first_allowed_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(
        allow_null=True, help_text="null: not for as long as a refresh token may live."
    )


class AllowedAppsOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {"data": AllowedAppOutput(many=True)}


class AllowedAppsView(APIView):
    @extend_schema(operation_id="list_own_apps", tags=TAGS, responses=answers(200, AllowedAppsOutput, 401))
    def get(self, request: Request) -> Response:
        """The apps you have allowed to use your account, the newest first."""
        return Response({"data": [_body(app) for app in apps.allowed_by(api_user(request))]})


class AllowedAppView(APIView):
    @extend_schema(operation_id="remove_own_app", tags=TAGS, responses=answers(204, None, 401, 404))
    def delete(self, request: Request, app_id: UUID) -> Response:
        """Take an app's access away. Its tokens end at once, and it has to ask you anew."""
        if not consents.revoke(user=api_user(request), consent_id=app_id, now=clock.now()):
            raise NotFound("You have allowed no such app.", reason="app_not_found")
        return Response(status=204)


def _body(app: AllowedApp) -> dict[str, Any]:
    return {
        "id": app.id,
        "client_id": app.client_id,
        "client_name": app.client_name,
        "client_uri": app.client_uri,
        "publisher": app.publisher,
        "is_verified": app.is_verified,
        "logo_url": f"{settings.JANUA.base_url}{app.logo_path}" if app.logo_path else "",
        "scopes": [{"scope": scope, "description": words} for scope, words in app.scopes],
        "first_allowed_at": app.first_allowed_at,
        "last_used_at": app.last_used_at,
    }
