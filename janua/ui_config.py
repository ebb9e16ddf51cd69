"""`/auth/ui-config`: what a sign-in that is drawn by a program shows. It speaks of clients, organizations, providers."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse_query
from core.errors import NotFound
from login.api.views import PublicView
from oauth.models import Client
from oauth.services import clients, logos
from organizations.api.branding_bodies import LookOutput, look_body
from organizations.brands import Brand
from organizations.services import branding
from sso.api.serializers import ProviderOutput
from sso.providers import list_providers

METHODS = ("password", "magic_link", "passkey")
PRODUCT = "Janua"


class UiConfigQuery(StrictSerializer):
    client_id = serializers.CharField(required=False, max_length=255, help_text="The app that waits.")
    organization = serializers.CharField(
        required=False, max_length=63, help_text="An organization by its slug; a client's own goes before it."
    )


class NamedOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    logo_url = serializers.URLField(allow_null=True)


class BrandedOutput(NamedOutput):
    slug = serializers.CharField()


class UiConfigOutput(serializers.Serializer[Any]):
    """`client` and `organization` are null where the sign-in is nobody's in particular."""

    name = serializers.CharField(help_text="What people sign in to.")
    logo_url = serializers.URLField(allow_null=True)
    client = NamedOutput(allow_null=True)
    organization = BrandedOutput(allow_null=True)
    look = LookOutput()
    methods = serializers.ListField(child=serializers.ChoiceField(choices=METHODS))
    social_providers = ProviderOutput(many=True)


class UiConfigView(PublicView):
    @extend_schema(
        operation_id="get_ui_config",
        tags=["auth"],
        parameters=[UiConfigQuery],
        responses=answers(200, UiConfigOutput, 404, 422),
    )
    def get(self, request: Request) -> Response:
        """Names, logo, colours and the open ways in. The same as our own sign-in page shows to everybody."""
        query = parse_query(UiConfigQuery, request)
        client = _client(query.get("client_id", ""))
        return Response(_body(client, _brand(client, query.get("organization", ""))))


def _client(client_id: str) -> Client | None:
    client = clients.find_enabled(client_id)
    if client_id and client is None:
        raise NotFound("There is no such client.", reason="client_not_found")
    return client


def _brand(client: Client | None, slug: str) -> Brand | None:
    own = branding.of_organization(client.organization_id) if client else None
    brand = own or branding.of_slug(slug)
    if slug and brand is None:
        raise NotFound("There is no such organization.", reason="organization_not_found")
    return brand


def _body(client: Client | None, brand: Brand | None) -> dict[str, Any]:
    app, organization = _of_client(client), _of_brand(brand)
    shown = [each for each in (app, organization) if each]
    return {
        "name": shown[0]["name"] if shown else PRODUCT,
        "logo_url": next((each["logo_url"] for each in shown if each["logo_url"]), None),
        "client": app,
        "organization": organization,
        "look": look_body(brand),
        "methods": [each for each in METHODS if each != "magic_link" or settings.JANUA.magic_link == "on"],
        "social_providers": [{"slug": p.slug, "name": p.name, "kind": p.kind.key} for p in list_providers()],
    }


def _of_client(client: Client | None) -> dict[str, Any] | None:
    if client is None:
        return None
    path = logos.path_of(client)
    return {"name": client.display_name, "logo_url": f"{settings.JANUA.base_url}{path}" if path else None}


def _of_brand(brand: Brand | None) -> dict[str, Any] | None:
    if brand is None:
        return None
    return {"name": brand.name, "logo_url": brand.logo_url or None, "slug": brand.slug}
