"""`/api/v1/organizations/{id}/groups`: groups, their members, their roles."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.lists import ListQuery, listed
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from organizations.api import group_bodies as bodies
from organizations.api.roles import BODY, TAGS
from organizations.http import actor_of_api
from organizations.services import group_contents, groups


class GroupsView(APIView):
    @extend_schema(
        operation_id="list_groups",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, bodies.GroupListOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """The groups of an organization, with their roles."""
        query = parse_query(ListQuery, request)
        rows = groups.list_of(actor_of_api(request), organization_id, now=clock.now())
        return Response(listed(rows, query, bodies.group_body))

    @extend_schema(
        operation_id="create_group",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.GroupInput,
        responses=answers(201, bodies.GroupOutput, *BODY),
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Make a group, empty at first."""
        body = parse(bodies.GroupInput, request)
        group = groups.create(**_by(request, organization_id), **body)
        return Response(bodies.group_body(group), status=201)


class GroupView(APIView):
    @extend_schema(
        operation_id="get_group", tags=TAGS, responses=answers(200, bodies.GroupOutput, 401, 403, 404)
    )
    def get(self, request: Request, organization_id: UUID, group_id: UUID) -> Response:
        """Read a group."""
        group = groups.get(actor_of_api(request), organization_id, group_id, now=clock.now())
        return Response(bodies.group_body(group))

    @extend_schema(
        operation_id="update_group",
        tags=TAGS,
        request=bodies.GroupChangeInput,
        responses=answers(200, bodies.GroupOutput, *BODY),
    )
    def patch(self, request: Request, organization_id: UUID, group_id: UUID) -> Response:
        """Change the name or the description of a group."""
        changes = parse(bodies.GroupChangeInput, request)
        group = groups.change(**_by(request, organization_id), group_id=group_id, changes=changes)
        return Response(bodies.group_body(group))

    @extend_schema(
        operation_id="delete_group", tags=TAGS, responses=answers(204, None, 401, 403, 404, 409, *REFUSED)
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, group_id: UUID) -> Response:
        """Delete a group: its members lose what it gave them. Only people do, after a fresh proof."""
        groups.delete(**_by(request, organization_id), group_id=group_id)
        return Response(status=204)


class GroupMembersView(APIView):
    @extend_schema(
        operation_id="list_group_members",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, bodies.GroupMemberListOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID, group_id: UUID) -> Response:
        """Who is in a group, in the order they came."""
        query = parse_query(ListQuery, request)
        rows = group_contents.members_of(actor_of_api(request), organization_id, group_id, now=clock.now())
        return Response(listed(rows, query, bodies.member_body))


class GroupMemberView(APIView):
    @extend_schema(
        operation_id="add_group_member",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def put(self, request: Request, organization_id: UUID, group_id: UUID, member_id: UUID) -> Response:
        """Put a member into a group. You need all that the group gives."""
        group_contents.add_member(**_by(request, organization_id), group_id=group_id, member_id=member_id)
        return Response(status=204)

    @extend_schema(
        operation_id="remove_group_member",
        tags=TAGS,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, group_id: UUID, member_id: UUID) -> Response:
        """Take a member out of a group."""
        group_contents.remove_member(**_by(request, organization_id), group_id=group_id, member_id=member_id)
        return Response(status=204)


class GroupRoleView(APIView):
    @extend_schema(
        operation_id="add_group_role",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def put(self, request: Request, organization_id: UUID, group_id: UUID, role_id: UUID) -> Response:
        """Give all members of a group a role, of permissions that you have yourself."""
        group_contents.add_role(**_by(request, organization_id), group_id=group_id, role_id=role_id)
        return Response(status=204)

    @extend_schema(
        operation_id="remove_group_role",
        tags=TAGS,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, group_id: UUID, role_id: UUID) -> Response:
        """Take a role from a group."""
        group_contents.remove_role(**_by(request, organization_id), group_id=group_id, role_id=role_id)
        return Response(status=204)


def _by(request: Request, organization_id: UUID) -> dict[str, Any]:
    """Who changes where, and when."""
    return {"actor": actor_of_api(request), "organization_id": organization_id, "now": clock.now()}
