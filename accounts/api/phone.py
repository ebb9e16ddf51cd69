"""`/users/me/phone`: one's own phone number, by access token."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import UserSerializer
from accounts.http import api_session
from accounts.services import phone_numbers
from core import clock
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse

TAGS = ["users"]


class PhoneInput(StrictSerializer):
    phone_number = serializers.CharField(max_length=32)


class PhoneCodeInput(StrictSerializer):
    code = serializers.CharField(max_length=16)


class PhoneWaitingOutput(serializers.Serializer[Any]):
    """A number that waits for its code, in E.164."""

    phone_number = serializers.CharField()
    expires_in = serializers.IntegerField()


class PhoneView(APIView):
    """The person's number."""

    @extend_schema(
        operation_id="set_own_phone",
        tags=TAGS,
        request=PhoneInput,
        responses=answers(
            202, PhoneWaitingOutput, 401, 409, 413, 415, 422, 429, description="A code was sent by SMS."
        ),
    )
    def post(self, request: Request) -> Response:
        """Send a code to a number. It becomes yours with `verify_own_phone`. Asks for a fresh sign-in."""
        row = phone_numbers.send_code(
            session=api_session(request), **parse(PhoneInput, request), now=clock.now()
        )
        body = {"phone_number": row.phone_number, "expires_in": int(row.LIFETIME.total_seconds())}
        return Response(body, status=202)

    @extend_schema(
        operation_id="remove_own_phone", tags=TAGS, request=None, responses=answers(204, None, 401, 404)
    )
    def delete(self, request: Request) -> Response:
        """Remove your number. Asks for a fresh sign-in."""
        phone_numbers.remove(session=api_session(request), now=clock.now())
        return Response(status=204)


class PhoneVerifyView(APIView):
    """The proof of a number."""

    @extend_schema(
        operation_id="verify_own_phone",
        tags=TAGS,
        request=PhoneCodeInput,
        responses=answers(200, UserSerializer, 401, 404, 413, 415, 422, 429),
    )
    def post(self, request: Request) -> Response:
        """Verify the number with the code of the SMS. Asks for a fresh sign-in."""
        user = phone_numbers.verify(
            session=api_session(request), **parse(PhoneCodeInput, request), now=clock.now()
        )
        return Response(UserSerializer(user).data)
