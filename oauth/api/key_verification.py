"""`POST /api/v1/api-keys/verify`: a service asks what a key may that somebody sent to it.

A registered client asks, by client authentication: it is the service. Strangers get no answer at all, and whoever
holds a key learns no more here than by using it.
"""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock, limits, throttle
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse
from core.errors import RateLimited
from oauth.api.client_authentication import ClientAuthentication, client_of
from organizations.api.keys_bodies import KeyOwnerOutput, key_body
from organizations.services import key_use
from organizations.services.key_use import Verdict


class VerifyKeyInput(StrictSerializer):
    key = serializers.CharField(max_length=200, trim_whitespace=False, help_text="The secret as it was sent.")
    permission = serializers.CharField(
        max_length=100, required=False, help_text="What is to be done with it, such as invoices:write."
    )
    ip = serializers.IPAddressField(
        required=False, help_text="Where it came from; a key that is bound to networks needs it."
    )
    client_assertion = serializers.CharField(
        max_length=8192, required=False, help_text="Instead of HTTP Basic (RFC 7523)."
    )
    client_assertion_type = serializers.CharField(max_length=200, required=False)


class KeyOrganizationOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()


class VerifiedKeyOutput(serializers.Serializer[Any]):
    """All but `valid` and `allowed` is null for a key that does not work; why, nobody is told."""

    valid = serializers.BooleanField(help_text="The key works now, and from there.")
    allowed = serializers.BooleanField(help_text="It is valid and has the permission, where one is asked.")
    key_id = serializers.UUIDField(allow_null=True)
    owner = KeyOwnerOutput(allow_null=True)
    organization = KeyOrganizationOutput(allow_null=True)
    scopes = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="What it may at this moment: of its scopes those that its owner has.",
    )
    expires_at = serializers.DateTimeField(allow_null=True)


class VerifyKeyView(APIView):
    authentication_classes = (ClientAuthentication,)

    @extend_schema(
        operation_id="verify_api_key",
        tags=["api keys"],
        request=VerifyKeyInput,
        responses=answers(200, VerifiedKeyOutput, 401, 413, 415, 422, 429),
    )
    def post(self, request: Request) -> Response:
        """Ask whether an API key works, whose it is and what it may. For registered clients with a secret or a key."""
        body = parse(VerifyKeyInput, request)
        verdict = key_use.verify(
            secret=body["key"],
            permission=body.get("permission", ""),
            ip=body.get("ip"),
            now=clock.now(),
        )
        if verdict.key is None:
            _count_failure(request)
        return Response(_shown(verdict))


def _count_failure(request: Request) -> None:
    client = client_of(request)
    verdict = throttle.hit(limits.API_KEY_VERIFY_FAILURES, client.client_id, now=clock.now())
    if not verdict.allowed:
        raise RateLimited("Too many keys that do not work.", retry_after_seconds=verdict.retry_after_seconds)


def _shown(verdict: Verdict) -> dict[str, Any]:
    key = verdict.key
    if key is None:
        nothing = ("key_id", "owner", "organization", "scopes", "expires_at")
        return {"valid": False, "allowed": False, **dict.fromkeys(nothing)}
    organization = key.organization
    return {
        "valid": True,
        "allowed": verdict.allowed,
        "key_id": key.id,
        "owner": key_body(key)["owner"],
        "organization": {"id": organization.id, "slug": organization.slug, "name": organization.name},
        "scopes": list(verdict.scopes),
        "expires_at": key.expires_at,
    }
