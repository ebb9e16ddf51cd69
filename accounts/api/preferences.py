"""`/users/me/preferences`: what one prefers, and what apps of ours keep with it."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import preferences
from accounts.http import api_user
from accounts.services import profile
from core import clock
from core.api.schema import answers


class PreferencesOutput(serializers.Serializer[Any]):
    """The members that Janua knows. Further ones have a namespace (`app.preference`) and hold any small JSON."""

    theme = serializers.ChoiceField(choices=preferences.THEMES)
    newsletter = serializers.BooleanField()


class PreferencesInput(serializers.Serializer[Any]):
    """For the document; `accounts.preferences` judges what comes. null takes a preference back."""

    theme = serializers.ChoiceField(choices=preferences.THEMES, required=False, allow_null=True)
    newsletter = serializers.BooleanField(required=False, allow_null=True)


class PreferencesView(APIView):
    @extend_schema(
        operation_id="get_own_preferences", tags=["users"], responses=answers(200, PreferencesOutput, 401)
    )
    def get(self, request: Request) -> Response:
        """Your preferences, with the defaults of those you never set."""
        return Response(preferences.whole(api_user(request).preferences))

    @extend_schema(
        operation_id="update_own_preferences",
        tags=["users"],
        request=PreferencesInput,
        responses=answers(200, PreferencesOutput, 401, 413, 415, 422),
    )
    def patch(self, request: Request) -> Response:
        """Change the named preferences, 8 kB in all; null takes one back."""
        changes = cast(dict[str, Any], request.data)
        user = api_user(request)
        return Response(profile.change_preferences(user=user, changes=changes, now=clock.now()))
