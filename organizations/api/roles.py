"""`/api/v1/organizations/{id}/roles`, further roles of members, and `/api/v1/rbac`."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.operator_views import OperatorView
from accounts.http import api_session, api_user
from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.lists import ListQuery, listed
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from organizations.api import role_bodies as bodies
from organizations.http import actor_of_api
from organizations.models import AppPermission
from organizations.permissions import Permission
from organizations.services import role_grants, roles, system_roles

TAGS = ["roles and groups"]
BODY = (401, 403, 404, 409, 413, 415, 422)


class RolesView(APIView):
    @extend_schema(
        operation_id="list_roles",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, bodies.CountedRoleListOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """The roles that can be had in an organization: the system's, then its own."""
        query = parse_query(ListQuery, request)
        rows = roles.list_of(actor_of_api(request), organization_id, now=clock.now())
        return Response(listed(rows, query, bodies.counted_body))

    @extend_schema(
        operation_id="create_role",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.RoleInput,
        responses=answers(201, bodies.RoleOutput, *BODY),
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Make a role of permissions that you have yourself."""
        body = parse(bodies.RoleInput, request)
        role = roles.create(
            actor=actor_of_api(request),
            organization_id=organization_id,
            key=body.get("key", ""),
            facts=bodies.facts_of(body),
            now=clock.now(),
        )
        return Response(bodies.role_body(role), status=201)


class RoleView(APIView):
    @extend_schema(
        operation_id="get_role",
        tags=TAGS,
        responses=answers(200, bodies.CountedRoleOutput, 401, 403, 404),
    )
    def get(self, request: Request, organization_id: UUID, role_id: UUID) -> Response:
        """Read a role."""
        role = roles.get(actor_of_api(request), organization_id, role_id, now=clock.now())
        return Response(bodies.counted_body(role))

    @extend_schema(
        operation_id="update_role",
        tags=TAGS,
        request=bodies.RoleChangeInput,
        responses=answers(200, bodies.RoleOutput, *BODY),
    )
    def patch(self, request: Request, organization_id: UUID, role_id: UUID) -> Response:
        """Change a role of the organization's own, at once for all who have it. You need all that it allows, before and after."""
        role = roles.change(
            actor=actor_of_api(request),
            organization_id=organization_id,
            role_id=role_id,
            facts=bodies.facts_of(parse(bodies.RoleChangeInput, request)),
            now=clock.now(),
        )
        return Response(bodies.role_body(role))

    @extend_schema(
        operation_id="delete_role",
        tags=TAGS,
        parameters=[bodies.RoleDeletionQuery],
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, role_id: UUID) -> Response:
        """Delete a role of the organization's own. One in use needs `move_to`. Only people do, after a fresh proof."""
        roles.delete(
            actor=actor_of_api(request),
            organization_id=organization_id,
            role_id=role_id,
            move_to=parse_query(bodies.RoleDeletionQuery, request).get("move_to"),
            now=clock.now(),
        )
        return Response(status=204)


class MemberRolesView(APIView):
    @extend_schema(
        operation_id="list_member_roles",
        tags=TAGS,
        responses=answers(200, bodies.MemberRolesOutput, 401, 403, 404),
    )
    def get(self, request: Request, organization_id: UUID, member_id: UUID) -> Response:
        """All roles of a member, and where each comes from."""
        held = role_grants.of_member(actor_of_api(request), organization_id, member_id, now=clock.now())
        data = [{**bodies.role_body(each.role), "via": each.via, "group": each.group_id} for each in held]
        return Response({"data": data})


class MemberRoleView(APIView):
    @extend_schema(
        operation_id="grant_role",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def put(self, request: Request, organization_id: UUID, member_id: UUID, role_id: UUID) -> Response:
        """Give a member a further role, of permissions that you have yourself."""
        role_grants.grant(
            actor=actor_of_api(request),
            organization_id=organization_id,
            member_id=member_id,
            role_id=role_id,
            now=clock.now(),
        )
        return Response(status=204)

    @extend_schema(
        operation_id="take_role", tags=TAGS, responses=answers(204, None, 401, 403, 404, 409, *REFUSED)
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, member_id: UUID, role_id: UUID) -> Response:
        """Take a further role from a member. The first one is changed, not taken."""
        role_grants.take(
            actor=actor_of_api(request),
            organization_id=organization_id,
            member_id=member_id,
            role_id=role_id,
            now=clock.now(),
        )
        return Response(status=204)


class PermissionsView(APIView):
    @extend_schema(
        operation_id="list_permissions",
        tags=TAGS,
        parameters=[bodies.PermissionsQuery],
        responses=answers(200, bodies.AppPermissionListOutput, 401, 422),
    )
    def get(self, request: Request) -> Response:
        """What roles can be made of: Janua's own permissions, and those that apps defined."""
        query = parse_query(bodies.PermissionsQuery, request)
        rows = AppPermission.objects.order_by("name")
        if client_id := query.get("client_id"):
            rows = rows.filter(client_id=client_id)
        shown = listed(rows, query, bodies.AppPermissionOutput().to_representation)
        return Response({**shown, "janua": sorted(Permission)})


class SystemRolesView(OperatorView):
    @extend_schema(
        operation_id="list_system_roles",
        tags=TAGS,
        responses=answers(200, bodies.SystemRolesOutput, 401, 403),
    )
    def get(self, request: Request) -> Response:
        """Operators: the roles of the system, with what they allow in apps."""
        rows = system_roles.list_all(actor=api_user(request))
        return Response({"data": [bodies.role_body(role) for role in rows]})


class SystemRoleView(OperatorView):
    @extend_schema(
        operation_id="set_system_role_permissions",
        tags=TAGS,
        request=bodies.SystemRoleInput,
        responses=answers(200, bodies.RoleOutput, 401, 403, 404, 413, 415, 422),
    )
    def put(self, request: Request, key: str) -> Response:
        """Operators: which permissions of apps go with a system role, in every organization."""
        body = parse(bodies.SystemRoleInput, request)
        role = system_roles.set_app_permissions(
            session=api_session(request), key=key, **body, now=clock.now()
        )
        return Response(bodies.role_body(role))
