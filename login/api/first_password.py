"""The first password of people who came in by another door."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.services import recovery
from core import clock
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse
from tokens.api.authentication import actor_of


class FirstPasswordInput(StrictSerializer):
    new_password = serializers.CharField(
        max_length=8192, trim_whitespace=False, style={"input_type": "password"}
    )


class PasswordSetView(APIView):
    @extend_schema(
        operation_id="set_first_password",
        tags=["auth"],
        request=FirstPasswordInput,
        responses=answers(204, None, 401, 409, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        """Set a first password, for people who sign in without one. Needs a fresh sign-in; other sessions end."""
        body = parse(FirstPasswordInput, request)
        recovery.set_first_password(
            session=actor_of(request).session,
            **body,
            now=clock.now(),
        )
        return Response(status=204)
