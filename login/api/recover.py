"""`/api/v1/auth/mfa/recover`: a login waits for a second factor that is lost."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse
from login.api.serializers import AcceptedOutput
from login.api.views import BODY, PublicView
from login.services import lost_factor
from mfa import codes

MAILED = "A code was mailed to the primary address."


class MfaRecoverInput(StrictSerializer):
    mfa_token = serializers.CharField(max_length=128)


class MfaRecoverVerifyInput(MfaRecoverInput):
    code = serializers.CharField(max_length=64, help_text="Spaces and dashes do not matter.")


class MfaRecoverOutput(serializers.Serializer[object]):
    """From then on the next login removes the factors instead of asking for one."""

    due_at = serializers.DateTimeField()


class MfaRecoverView(PublicView):
    @extend_schema(
        operation_id="recover_mfa",
        tags=["mfa"],
        request=MfaRecoverInput,
        responses=answers(202, AcceptedOutput, 401, *BODY, description=MAILED),
    )
    def post(self, request: Request) -> Response:
        """Every second factor is lost: have a code mailed that begins to remove them."""
        lost_factor.send_code(parse(MfaRecoverInput, request)["mfa_token"], now=clock.now())
        return Response({"detail": MAILED}, status=202)


class MfaRecoverVerifyView(PublicView):
    @extend_schema(
        operation_id="verify_mfa_recovery",
        tags=["mfa"],
        request=MfaRecoverVerifyInput,
        responses=answers(202, MfaRecoverOutput, 401, *BODY, description="It waits."),
    )
    def post(self, request: Request) -> Response:
        """Begin to remove lost factors with the mailed code. The person is told everywhere, and can cancel it."""
        data = parse(MfaRecoverVerifyInput, request)
        reset = lost_factor.begin(data["mfa_token"], codes.canonical(data["code"]), now=clock.now())
        return Response(MfaRecoverOutput(reset).data, status=202)
