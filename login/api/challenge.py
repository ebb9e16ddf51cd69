"""`/api/v1/auth/mfa`: the second factor of a login, for programs."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse
from login.api import serializers as bodies
from login.api.views import BODY, PublicView, as_json
from login.outcomes import Refused
from login.services import challenge
from mfa import codes
from mfa.factors import Answer
from mfa.methods import CHALLENGE_CHOICES, SENT_CHOICES, Method
from mfa.models import WebAuthnChallenge


class MfaChallengeInput(StrictSerializer):
    """The token of the login, and one of its methods that sends a code, or `passkey`."""

    mfa_token = serializers.CharField(max_length=128)
    method = serializers.ChoiceField(choices=CHALLENGE_CHOICES)
    channel = serializers.ChoiceField(
        choices=["text", "voice"],
        required=False,
        help_text="voice: a call reads the code of `sms` out, where calls are on.",
    )


class MfaChallengeOutput(serializers.Serializer[Any]):
    """A code is on its way. Its owner knows `destination`, nobody else learns it."""

    method = serializers.ChoiceField(choices=SENT_CHOICES)
    destination = serializers.CharField()
    expires_in = serializers.IntegerField()


class MfaKeyChallengeOutput(serializers.Serializer[Any]):
    """`public_key` goes into `PublicKeyCredential.parseRequestOptionsFromJSON()`; what comes out of the authenticator goes
    to `/auth/mfa/verify` as `credential`."""

    method = serializers.ChoiceField(choices=["passkey"])
    public_key = serializers.JSONField()
    expires_in = serializers.IntegerField()


class MfaChallengeView(PublicView):
    @extend_schema(
        operation_id="challenge_mfa",
        tags=["mfa"],
        request=MfaChallengeInput,
        responses={
            **answers(202, MfaChallengeOutput, 401, *BODY, description="A code is on its way."),
            **answers(200, MfaKeyChallengeOutput, description="What a passkey or security key has to sign."),
        },
    )
    def post(self, request: Request) -> Response:
        """Have a code sent for a login that asked for a second factor, which makes the one before void; or get what a
        key has to sign."""
        now, data = clock.now(), parse(MfaChallengeInput, request)
        if data["method"] == Method.PASSKEY:
            options = challenge.key_options(data["mfa_token"], now=now)
            if isinstance(options, Refused):
                return as_json(options, now=now)
            lifetime = int(WebAuthnChallenge.LIFETIME.total_seconds())
            return Response({"method": "passkey", "public_key": options, "expires_in": lifetime})
        sent = challenge.send(
            data["mfa_token"], Method(data["method"]), is_call=data.get("channel") == "voice", now=now
        )
        if isinstance(sent, Refused):
            return as_json(sent, now=now)
        return Response(asdict(sent), status=202)


class MfaVerifyView(PublicView):
    @extend_schema(
        operation_id="verify_mfa",
        tags=["mfa"],
        request=bodies.MfaVerifyInput,
        responses=answers(200, bodies.AuthResult, 401, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Finish a login that asked for a second factor. The token works once, for ten minutes."""
        now, data = clock.now(), parse(bodies.MfaVerifyInput, request)
        if "credential" in data:
            given = Answer(method=Method.PASSKEY, credential=data["credential"])
        else:
            method = Method(data["method"]) if "method" in data else _first_method(data["mfa_token"])
            given = Answer(method=method, code=codes.canonical(data["code"]))
        return as_json(challenge.answer(data["mfa_token"], given, now=now), now=now)


def _first_method(token: str) -> Method:
    """The last used method with codes."""
    now = clock.now()
    waiting = challenge.find(token, now=now)
    methods = challenge.methods_of(waiting, now=now) if waiting else ()
    return next((method for method in methods if method != Method.PASSKEY), Method.TOTP)
