"""`/api/v1/organizations`: organizations for those who belong to them. To others they are not there (404)."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session
from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.lists import listed
from core.api.pictures import PICTURE_BODY, PICTURE_PARSERS, picture_in
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from core.api.versions import IF_MATCH, versions_asked_for, with_version
from organizations.api import organizations_bodies as bodies
from organizations.http import actor_of_api
from organizations.models import Membership
from organizations.services import deletion, logos, members, organizations
from organizations.services.access import Access
from organizations.services.organizations import NewOrganization

TAGS = ["organizations"]
ACT = (401, 403, 404)
BODY = (409, 413, 415, 422)


class OrganizationsView(APIView):
    """Those one belongs to."""

    @extend_schema(
        operation_id="list_organizations",
        tags=TAGS,
        parameters=[bodies.OrganizationsQuery],
        responses=answers(200, bodies.OrganizationListOutput, 401, 422),
    )
    def get(self, request: Request) -> Response:
        """List the organizations you belong to, by name. `search` looks into name and slug."""
        return _list(request)

    @extend_schema(
        operation_id="create_organization",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.OrganizationInput,
        responses=answers(201, bodies.OrganizationOutput, 401, 403, 429, *BODY),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Create an organization. You are its owner."""
        new = NewOrganization(**parse(bodies.OrganizationInput, request))
        place = organizations.create(session=api_session(request), new=new, now=clock.now())
        return Response(bodies.organization_body(place.organization, place), status=201)


class OwnOrganizationsView(APIView):
    @extend_schema(
        operation_id="list_own_organizations",
        tags=TAGS,
        parameters=[bodies.OrganizationsQuery],
        responses=answers(200, bodies.OrganizationListOutput, 401, 422),
    )
    def get(self, request: Request) -> Response:
        """List the organizations you belong to, with your place in each: as `GET /organizations`."""
        return _list(request)


class OrganizationView(APIView):
    """One organization."""

    @extend_schema(
        operation_id="get_organization", tags=TAGS, responses=answers(200, bodies.OrganizationOutput, *ACT)
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """Read an organization. The ETag names this version of it."""
        access = organizations.get(
            actor=actor_of_api(request), organization_id=organization_id, now=clock.now()
        )
        return _shown(access)

    @extend_schema(
        operation_id="update_organization",
        tags=TAGS,
        parameters=[IF_MATCH],
        request=bodies.OrganizationChange,
        responses=answers(200, bodies.OrganizationOutput, 412, 429, *ACT, *BODY),
    )
    def patch(self, request: Request, organization_id: UUID) -> Response:
        """Change name, slug or metadata. Asks for `organization:update`."""
        access = organizations.update(
            actor=actor_of_api(request),
            organization_id=organization_id,
            changes=parse(bodies.OrganizationChange, request),
            if_version=versions_asked_for(request),
            now=clock.now(),
        )
        return _shown(access)

    @extend_schema(
        operation_id="delete_organization",
        tags=TAGS,
        request=bodies.OrganizationDeletionInput,
        responses=answers(202, bodies.OrganizationOutput, *ACT, *BODY),
    )
    def delete(self, request: Request, organization_id: UUID) -> Response:
        """Close the organization at once and erase it after days of grace. Its slug, typed, and a fresh proof are asked for."""
        access = deletion.request(
            actor=actor_of_api(request),
            organization_id=organization_id,
            typed_slug=parse(bodies.OrganizationDeletionInput, request)["slug"],
            now=clock.now(),
        )
        return _shown(access, status=202)


class OrganizationDeletionView(APIView):
    @extend_schema(
        operation_id="cancel_organization_deletion",
        tags=TAGS,
        request=None,
        responses=answers(200, bodies.OrganizationOutput, 409, *ACT, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID) -> Response:
        """Take an organization back that was to be deleted. Asks for `organization:delete`."""
        access = deletion.cancel(
            actor=actor_of_api(request), organization_id=organization_id, now=clock.now()
        )
        return _shown(access)


class OrganizationLogoView(APIView):
    parser_classes = PICTURE_PARSERS

    @extend_schema(
        operation_id="put_organization_logo",
        tags=TAGS,
        request=PICTURE_BODY,
        responses=answers(200, bodies.OrganizationOutput, 429, *ACT, *BODY),
    )
    def put(self, request: Request, organization_id: UUID) -> Response:
        """Set the logo: the picture itself as the body, at most 1 MB. It is encoded anew as PNG."""
        access = logos.put(
            actor=actor_of_api(request),
            organization_id=organization_id,
            picture=picture_in(request),
            now=clock.now(),
        )
        return _shown(access)

    @extend_schema(
        operation_id="delete_organization_logo",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 409, *ACT, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID) -> Response:
        """Take the logo away. Its address leads nowhere from then on."""
        logos.remove(actor=actor_of_api(request), organization_id=organization_id, now=clock.now())
        return Response(status=204)


class OrganizationDefaultView(APIView):
    @extend_schema(
        operation_id="set_default_organization",
        tags=TAGS,
        request=bodies.DefaultInput,
        responses=answers(200, bodies.OrganizationOutput, *ACT, 413, 415, 422),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Start in this organization, and in no other; with `is_default` false in none."""
        access = organizations.set_default(
            actor=actor_of_api(request),
            organization_id=organization_id,
            is_default=parse(bodies.DefaultInput, request)["is_default"],
            now=clock.now(),
        )
        return _shown(access)


class OrganizationLeaveView(APIView):
    @extend_schema(
        operation_id="leave_organization",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 409, *ACT, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Leave an organization. Its last owner hands it over or deletes it first (409)."""
        members.leave(actor=actor_of_api(request), organization_id=organization_id, now=clock.now())
        return Response(status=204)


class OrganizationTransferView(APIView):
    @extend_schema(
        operation_id="transfer_organization",
        tags=TAGS,
        request=bodies.TransferInput,
        responses=answers(200, bodies.OrganizationOutput, *ACT, *BODY),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Hand the organization over to another member: you are an admin from then on. Asks for a fresh proof."""
        actor, now = actor_of_api(request), clock.now()
        access = members.transfer(
            actor=actor,
            organization_id=organization_id,
            membership_id=parse(bodies.TransferInput, request)["membership_id"],
            now=now,
        )
        return _shown(access)


def _list(request: Request) -> Response:
    query = parse_query(bodies.OrganizationsQuery, request)
    places = organizations.find_places(actor_of_api(request), query.get("search", ""))
    return Response(listed(places, query, _place))


def _place(place: Membership) -> dict[str, Any]:
    return bodies.organization_body(place.organization, place)


def _shown(access: Access, *, status: int = 200) -> Response:
    version = organizations.version_of(access.organization)
    return with_version(Response(bodies.access_body(access), status=status), version)
