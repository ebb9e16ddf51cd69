"""`/api/v1/organizations/{id}/members`: who belongs to an organization, and as what."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.cursors import paged
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from core.keyset import read_page
from core.plans import planned_by_values
from organizations.api import members_bodies as bodies
from organizations.http import actor_of_api
from organizations.services import members
from organizations.services.members import Wanted

TAGS = ["organization members"]
ACT = (401, 403, 404)


class MembersView(APIView):
    @extend_schema(
        operation_id="list_members",
        tags=TAGS,
        parameters=[bodies.MembersQuery],
        responses=answers(200, bodies.MemberPageOutput, 422, *ACT),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """List and search the members; the longest-serving come first, and every page costs the same."""
        query = parse_query(bodies.MembersQuery, request)
        by_time = {"cursor": query.pop("cursor", None), "limit": query.pop("limit")}
        user_id = query.pop("user_id", None)
        rows = members.find(
            actor=actor_of_api(request),
            organization_id=organization_id,
            wanted=Wanted(**query),
            now=clock.now(),
        )
        if user_id:
            rows = rows.filter(user_id=user_id)
        with planned_by_values():
            page = read_page(
                rows, of=f"members of {organization_id}", by="joined_at", is_ascending=True, **by_time
            )
        return Response(paged(page, bodies.member_body))


class MemberView(APIView):
    """One member."""

    @extend_schema(operation_id="get_member", tags=TAGS, responses=answers(200, bodies.MemberOutput, *ACT))
    def get(self, request: Request, organization_id: UUID, membership_id: UUID) -> Response:
        """Read a member."""
        member = members.get(
            actor=actor_of_api(request),
            organization_id=organization_id,
            membership_id=membership_id,
            now=clock.now(),
        )
        return Response(bodies.member_body(member))

    @extend_schema(
        operation_id="update_member",
        tags=TAGS,
        request=bodies.MemberChange,
        responses=answers(200, bodies.MemberOutput, 409, 413, 415, 422, *ACT),
    )
    def patch(self, request: Request, organization_id: UUID, membership_id: UUID) -> Response:
        """Give a member another role: none above your own, to nobody above you. Owners ask for a fresh proof."""
        member = members.change_role(
            actor=actor_of_api(request),
            organization_id=organization_id,
            membership_id=membership_id,
            role_id=parse(bodies.MemberChange, request)["role_id"],
            now=clock.now(),
        )
        return Response(bodies.member_body(member))

    @extend_schema(
        operation_id="remove_member",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 409, *ACT, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, membership_id: UUID) -> Response:
        """End somebody's membership at once: keys of theirs and what groups gave go with it."""
        members.remove(
            actor=actor_of_api(request),
            organization_id=organization_id,
            membership_id=membership_id,
            now=clock.now(),
        )
        return Response(status=204)


class MemberSuspendView(APIView):
    @extend_schema(
        operation_id="suspend_member",
        tags=TAGS,
        request=None,
        responses=answers(200, bodies.MemberOutput, 409, *ACT, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID, membership_id: UUID) -> Response:
        """Lock a member out of this organization until resumed."""
        member = members.suspend(
            actor=actor_of_api(request),
            organization_id=organization_id,
            membership_id=membership_id,
            now=clock.now(),
        )
        return Response(bodies.member_body(member))


class MemberResumeView(APIView):
    @extend_schema(
        operation_id="resume_member",
        tags=TAGS,
        request=None,
        responses=answers(200, bodies.MemberOutput, 409, *ACT, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID, membership_id: UUID) -> Response:
        """Let a suspended member in again."""
        member = members.resume(
            actor=actor_of_api(request),
            organization_id=organization_id,
            membership_id=membership_id,
            now=clock.now(),
        )
        return Response(bodies.member_body(member))
