"""`/api/v1/organizations/{id}/audit`: what happened in an organization."""

from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from core.downloads import streamed
from organizations.api import audit_bodies as bodies
from organizations.http import actor_of_api
from organizations.services import trail
from organizations.trail_files import as_file, shown

TAGS = ["organizations (audit)"]


class TrailView(APIView):
    """The organization's own lines of the audit trail."""

    @extend_schema(
        operation_id="list_organization_audit",
        tags=TAGS,
        parameters=[bodies.TrailQuery],
        responses=answers(200, bodies.TrailPageOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """What happened, the newest first. Needs `audit:read`. Go on with `next_cursor` until it is null."""
        query = parse_query(bodies.TrailQuery, request)
        page = trail.read(
            actor_of_api(request),
            organization_id=organization_id,
            wanted=bodies.wanted(query),
            cursor=query.get("cursor"),
            limit=query["limit"],
            now=clock.now(),
        )
        return Response({"data": list(map(shown, page.lines)), "next_cursor": page.next_cursor})


class TrailExportView(APIView):
    @extend_schema(
        operation_id="export_organization_audit",
        tags=TAGS,
        request=bodies.ExportInput,
        responses={
            (200, "application/x-ndjson"): OpenApiResponse(OpenApiTypes.STR, "One line of JSON per event."),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A table, with a row of headings."),
            **{
                status: answer
                for status, answer in answers(200, None, 401, 403, 404, 413, 415, 422, 429).items()
                if status != 200
            },
        },
    )
    def post(self, request: Request, organization_id: UUID) -> StreamingHttpResponse:
        """Take the lines along, the newest first, at most 100,000: go on with `to`. Needs `audit:read`.

        It leaves a line of its own. Also where the organization is closed.
        """
        body = parse(bodies.ExportInput, request)
        lines = trail.export(
            actor_of_api(request),
            organization_id=organization_id,
            wanted=bodies.wanted(body),
            file_format=body["format"],
            now=clock.now(),
        )
        return streamed(**as_file(lines, body["format"]))
