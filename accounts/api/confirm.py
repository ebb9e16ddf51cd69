"""`/api/v1/auth/reauthenticate`: the fresh proof that sensitive operations ask for (RFC 9470)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session
from accounts.services import sudo
from core import clock
from core.api.schema import answers
from core.api.serializers import StrictSerializer


class ReauthenticateInput(StrictSerializer):
    """The password; or nothing, to have a code mailed; or that code."""

    password = serializers.CharField(
        max_length=8192, trim_whitespace=False, required=False, style={"input_type": "password"}
    )
    code = serializers.CharField(max_length=16, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) > 1:
            raise serializers.ValidationError("Send either password or code.")
        return attrs


class CodeMailedOutput(serializers.Serializer[Any]):
    detail = serializers.CharField()


class ReauthenticateView(APIView):
    @extend_schema(
        operation_id="reauthenticate",
        tags=["auth"],
        request=ReauthenticateInput,
        responses={
            **answers(204, None, 401, 409, 413, 415, 422, 429, description="Confirmed, for 15 minutes."),
            **answers(202, CodeMailedOutput, description="Without a password: a code is on its way by mail."),
        },
    )
    def post(self, request: Request) -> Response:
        """Confirm that it is you: for 15 minutes this session may do what is sensitive.

        With a password send it. Without one send `{}`, which mails a code (202), then the code.
        """
        session, now = api_session(request), clock.now()
        body = ReauthenticateInput(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        if "password" in data:
            sudo.confirm_with_password(session, data["password"], now=now)
        elif "code" in data:
            sudo.confirm_with_code(session, "".join(data["code"].split()), now=now)
        else:
            sudo.send_code(session, now=now)
            return Response({"detail": "A code is on its way by mail."}, status=202)
        return Response(status=204)
