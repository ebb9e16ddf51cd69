"""`/api/v1/organizations/{organization_id}/branding/clients`: the clients that have an organization's look."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session
from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.lists import ListQuery, list_of, listed
from core.api.schema import answers
from core.api.serializers import parse_query
from oauth.services import client_organizations, logos

TAGS = ["organizations"]


class BrandedClientOutput(serializers.Serializer[Any]):
    """A client as those see it whose organization's look it has. Who owns it is not their business."""

    client_id = serializers.CharField()
    client_name = serializers.CharField()
    client_uri = serializers.CharField(allow_blank=True)
    logo_url = serializers.URLField(allow_null=True, help_text="The uploaded logo, served by us.")
    is_enabled = serializers.BooleanField()
    is_verified = serializers.BooleanField(help_text="An operator vouches for the publisher.")


BrandedClientListOutput = list_of(BrandedClientOutput)


class BrandedClientsView(APIView):
    @extend_schema(
        operation_id="list_branded_clients",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, BrandedClientListOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """The clients whose sign-ins look like the organization, whoever owns them. Needs `branding:manage`."""
        query = parse_query(ListQuery, request)
        rows = client_organizations.carrying(
            session=api_session(request), organization_id=organization_id, now=clock.now()
        )
        return Response(listed(rows, query, _body))


class BrandedClientView(APIView):
    @extend_schema(
        operation_id="take_back_branding",
        tags=TAGS,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, client_id: str) -> Response:
        """Take the organization's look off a client, also of somebody who left. Needs `branding:manage`."""
        client_organizations.take_back(
            session=api_session(request),
            organization_id=organization_id,
            client_id=client_id,
            now=clock.now(),
        )
        return Response(status=204)


def _body(client: Any) -> dict[str, Any]:
    path = logos.path_to(client.client_id, client.logo_digest)
    return {
        "client_id": client.client_id,
        "client_name": client.name,
        "client_uri": client.client_uri,
        "logo_url": f"{settings.JANUA.base_url}{path}" if path else None,
        "is_enabled": client.is_enabled,
        "is_verified": client.is_verified,
    }
