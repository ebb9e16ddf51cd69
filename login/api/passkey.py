"""`/api/v1/auth/passkey/authenticate`: signing in with a passkey, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Session
from core import clock, crypto, limits, throttle
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse
from login.api.serializers import AuthResult
from login.api.views import BODY, PublicView, as_json
from login.services.passkey import with_passkey
from mfa.api.passkey_bodies import CredentialField
from mfa.models import WebAuthnChallenge
from mfa.services import passkeys


class PasskeyRequestOutput(serializers.Serializer[Any]):
    """`public_key` goes into `PublicKeyCredential.parseRequestOptionsFromJSON()`; `id` comes back with the answer."""

    id = serializers.CharField()
    public_key = serializers.JSONField()
    expires_in = serializers.IntegerField()


class PasskeyProof(StrictSerializer):
    """The id of the request, and what the authenticator signed."""

    id = serializers.CharField(max_length=64)
    credential = CredentialField()


class PasskeyRequestView(PublicView):
    @extend_schema(
        operation_id="begin_passkey_login",
        tags=["passkeys"],
        request=None,
        responses=answers(200, PasskeyRequestOutput, 429),
    )
    def post(self, request: Request) -> Response:
        """What a passkey has to sign. It names no account: the passkey does."""
        now = clock.now()
        throttle.require(limits.PASSKEY_OPTIONS_IP, throttle.visitor(), now=now)
        asker = crypto.new_secret("")[:22]
        purpose = WebAuthnChallenge.Purpose.SIGN_IN
        options = passkeys.begin_authentication(purpose=purpose, holder=_holder(asker), user=None, now=now)
        lifetime = int(WebAuthnChallenge.LIFETIME.total_seconds())
        return Response({"id": asker, "public_key": options, "expires_in": lifetime})


class PasskeyLoginView(PublicView):
    @extend_schema(
        operation_id="login_with_passkey",
        tags=["passkeys"],
        request=PasskeyProof,
        responses=answers(200, AuthResult, 401, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Log in with a passkey. It counts as two factors."""
        now, data = clock.now(), parse(PasskeyProof, request)
        outcome = with_passkey(data["credential"], holder=_holder(data["id"]), kind=Session.Kind.API, now=now)
        return as_json(outcome, now=now)


class PasskeyLoginAliasView(PasskeyLoginView):
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """The same under the longer name."""
        return super().post(request)


def _holder(asker: str) -> str:
    return f"program:{asker}"
