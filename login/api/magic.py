"""`/api/v1/auth/magic-link`: signing in by mail, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Session
from core import clock
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse
from login.api.serializers import LoginResult
from login.api.views import BODY, MAIL_SENT, PublicView, as_json
from login.services import magic


class MagicLinkInput(StrictSerializer):
    email = serializers.CharField(max_length=254)


class MagicLinkOutput(serializers.Serializer[Any]):
    """`id` binds the mail to whoever asked for it: keep it, and send it back with what the mail says."""

    id = serializers.CharField()
    expires_in = serializers.IntegerField()
    detail = serializers.CharField()


class MagicLinkProof(StrictSerializer):
    """The id of the request, and either the mailed code or the token of the mailed link."""

    id = serializers.CharField(max_length=magic.MAX_ASKER_LENGTH)
    code = serializers.CharField(max_length=16, required=False)
    token = serializers.CharField(max_length=128, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("code" in attrs) == ("token" in attrs):
            raise serializers.ValidationError("Send either code or token.")
        return attrs


class MagicLinkRequestView(PublicView):
    @extend_schema(
        operation_id="request_magic_link",
        tags=["auth"],
        request=MagicLinkInput,
        responses=answers(202, MagicLinkOutput, 404, *BODY, description="Accepted."),
    )
    def post(self, request: Request) -> Response:
        """Ask for a sign-in code by mail. The answer is the same whether or not the address has an account."""
        asked = magic.request_code(parse(MagicLinkInput, request)["email"], now=clock.now())
        body = {"id": asked.asker, "expires_in": asked.expires_in, "detail": MAIL_SENT}
        return Response(body, status=202)


class MagicLinkVerifyView(PublicView):
    @extend_schema(
        operation_id="verify_magic_link",
        tags=["auth"],
        request=MagicLinkProof,
        responses=answers(200, LoginResult, 401, 404, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Log in with the mailed code, or the token of the mailed link. Works once, and only with the id."""
        now, data = clock.now(), parse(MagicLinkProof, request)
        proof = magic.MailedProof(
            asker=data["id"],
            code=data.get("code", ""),
            token=data.get("token", ""),
            kind=Session.Kind.API,
        )
        return as_json(magic.with_mailed_secret(proof, now=now), now=now)
