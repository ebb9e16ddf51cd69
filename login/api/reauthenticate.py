"""`/api/v1/auth/reauthenticate`: the fresh proof that sensitive operations ask for (RFC 9470)."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session
from accounts.models import Session
from core import clock
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse
from login.services import reauthentication
from login.services.reauthentication import Way
from mfa import codes
from mfa.api.passkey_bodies import CredentialField
from mfa.factors import Answer
from mfa.methods import API_CHOICES, Method

WAYS = [*API_CHOICES, (Way.PASSWORD.value, Way.PASSWORD.value)]
ALONE = frozenset({"password", "credential"})


class ReauthenticateInput(StrictSerializer):
    """The password; a second factor's `method` and `code`; what a passkey signed; the method alone, to have its code
    sent or to learn what a passkey has to sign; or nothing."""

    password = serializers.CharField(
        max_length=8192, trim_whitespace=False, required=False, style={"input_type": "password"}
    )
    method = serializers.ChoiceField(choices=API_CHOICES, required=False)
    code = serializers.CharField(max_length=codes.MAX_LENGTH, required=False)
    credential = CredentialField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) > 1 and not ALONE.isdisjoint(attrs):
            raise serializers.ValidationError("Send one proof: the password, a code, or a credential.")
        return attrs


class ReauthenticateWaysOutput(serializers.Serializer[Any]):
    """What confirms in this session, the last used factor first; or what a passkey has to sign."""

    methods = serializers.ListField(child=serializers.ChoiceField(choices=WAYS), required=False)
    public_key = serializers.JSONField(
        required=False, help_text="For a passkey: into `PublicKeyCredential.parseRequestOptionsFromJSON()`."
    )


class CodeSentOutput(serializers.Serializer[Any]):
    detail = serializers.CharField()


class ReauthenticateView(APIView):
    @extend_schema(
        operation_id="reauthenticate",
        tags=["auth"],
        request=ReauthenticateInput,
        responses={
            **answers(204, None, 401, 409, 413, 415, 422, 429, description="Confirmed, for 15 minutes."),
            **answers(
                200,
                ReauthenticateWaysOutput,
                description="For `{}`: what confirms. For a passkey: what it has to sign.",
            ),
            **answers(202, CodeSentOutput, description="A code is on its way."),
        },
    )
    def post(self, request: Request) -> Response:
        """Confirm that it is you: for 15 minutes this session may do what is sensitive.

        `{}` lists what confirms. With two-step sign-in on it is a second factor: send `method` and `code`, or the method
        alone first where its code has to be sent (202), or for what a passkey has to sign (200). Else it is the password. Who has neither gets a code by mail for
        `{}` (202), and sends that as `code`.
        """
        session, now = api_session(request), clock.now()
        data = parse(ReauthenticateInput, request)
        if "password" in data:
            reauthentication.confirm_with_password(session, data["password"], now=now)
        elif "code" in data:
            _confirm(session, data.get("method", ""), codes.canonical(data["code"]), now=now)
        elif "credential" in data:
            given = Answer(method=Method.PASSKEY, credential=data["credential"])
            reauthentication.confirm_with_factor(session, given, now=now)
        elif data.get("method") == Method.PASSKEY:
            return Response({"public_key": reauthentication.passkey_options(session, now=now)})
        elif "method" in data:
            return _send(session, Method(data["method"]), now=now)
        else:
            return _list_or_mail(session, now=now)
        return Response(status=204)


def _confirm(session: Session, method: str, code: str, *, now: datetime) -> None:
    """Without a method it is the last used one with codes; where there is none, the code that was mailed."""
    ways = reauthentication.ways_of(session, now=now)
    with_codes = (each for each in ways if isinstance(each, Method) and each != Method.PASSKEY)
    chosen = Method(method) if method else next(with_codes, None)
    if chosen is None:
        reauthentication.confirm_with_mailed_code(session, code, now=now)
    else:
        reauthentication.confirm_with_factor(session, Answer(method=chosen, code=code), now=now)


def _send(session: Session, way: Method | Way, *, now: datetime) -> Response:
    reauthentication.send(session, way, now=now)
    return Response({"detail": "A code is on its way."}, status=202)


def _list_or_mail(session: Session, *, now: datetime) -> Response:
    ways = reauthentication.ways_of(session, now=now)
    if ways == (Way.MAILED_CODE,):
        return _send(session, Way.MAILED_CODE, now=now)
    return Response({"methods": list(ways)})
