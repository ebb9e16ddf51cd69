"""`/organizations/{organization_id}/branding`: how its sign-in pages and mails look."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.schema import answers
from core.api.serializers import parse
from organizations.api import branding_bodies as bodies
from organizations.brands import Look
from organizations.http import actor_of_api
from organizations.services import branding

TAGS = ["organizations"]


class BrandingView(APIView):
    @extend_schema(
        operation_id="get_organization_branding",
        tags=TAGS,
        responses=answers(200, bodies.BrandingOutput, 401, 403, 404),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """Read how an organization looks; without a choice of its own, as Janua does."""
        brand = branding.get(actor=actor_of_api(request), organization_id=organization_id, now=clock.now())
        return Response(bodies.branding_body(brand))

    @extend_schema(
        operation_id="put_organization_branding",
        tags=TAGS,
        request=bodies.BrandingInput,
        responses=answers(200, bodies.BrandingOutput, 401, 403, 404, 409, 413, 415, 422),
    )
    def put(self, request: Request, organization_id: UUID) -> Response:
        """Choose colours and corners. 422 names the contrast reached and the nearest shade that can be read."""
        brand = branding.put(
            actor=actor_of_api(request),
            organization_id=organization_id,
            look=Look(**parse(bodies.BrandingInput, request)),
            now=clock.now(),
        )
        return Response(bodies.branding_body(brand))

    @extend_schema(
        operation_id="delete_organization_branding",
        tags=TAGS,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID) -> Response:
        """Back to Janua's own colours and corners. The logo stays the organization's."""
        branding.remove(actor=actor_of_api(request), organization_id=organization_id, now=clock.now())
        return Response(status=204)
