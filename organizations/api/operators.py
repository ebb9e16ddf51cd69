"""`/api/v1/admin/organizations`: organizations, for operators."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.operator_views import OperatorView
from accounts.http import api_session, api_user
from core import clock
from core.api.cursors import paged
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from core.keyset import read_page
from core.plans import planned_by_values
from organizations.api import operators_bodies as bodies
from organizations.models import Organization
from organizations.services import operators
from organizations.services.operators import Wanted

TAGS = ["organizations (operators)"]
ACT = (401, 403, 404)
BODY = (409, 413, 415, 422)


class OrganizationsView(OperatorView):
    """All the organizations of this installation."""

    @extend_schema(
        operation_id="list_all_organizations",
        tags=TAGS,
        parameters=[bodies.OrganizationsQuery],
        responses=answers(200, bodies.OperatedOrganizationPageOutput, 401, 403, 422),
    )
    def get(self, request: Request) -> Response:
        """List and search organizations, the newest first."""
        query = parse_query(bodies.OrganizationsQuery, request)
        by_time = {"cursor": query.pop("cursor", None), "limit": query.pop("limit")}
        rows = operators.find(api_user(request), Wanted(**query))
        with planned_by_values():
            page = read_page(rows, of="organizations", by="created_at", **by_time)
        return Response(paged(page, _row))


class OrganizationView(OperatorView):
    """One organization."""

    @extend_schema(
        operation_id="get_any_organization",
        tags=TAGS,
        responses=answers(200, bodies.OperatedOrganizationDetailOutput, *ACT),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """Read an organization: its owners and how many belong to it, nothing of what is in it."""
        return Response(_whole(request, organization_id))


class OrganizationSuspendView(OperatorView):
    @extend_schema(
        operation_id="suspend_organization",
        tags=TAGS,
        request=bodies.ReasonInput,
        responses=answers(200, bodies.OperatedOrganizationDetailOutput, *ACT, *BODY),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Shut an organization at once. Its owners get the reason by mail."""
        reason = parse(bodies.ReasonInput, request)["reason"]
        operators.suspend(
            session=api_session(request), organization_id=organization_id, reason=reason, now=clock.now()
        )
        return Response(_whole(request, organization_id))


class OrganizationReopenView(OperatorView):
    @extend_schema(
        operation_id="reopen_organization",
        tags=TAGS,
        request=bodies.ReasonInput,
        responses=answers(200, bodies.OperatedOrganizationDetailOutput, *ACT, *BODY),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Open a suspended organization again. Its owners get the reason by mail."""
        reason = parse(bodies.ReasonInput, request)["reason"]
        operators.reopen(
            session=api_session(request), organization_id=organization_id, reason=reason, now=clock.now()
        )
        return Response(_whole(request, organization_id))


class OrganizationOwnersView(OperatorView):
    @extend_schema(
        operation_id="appoint_organization_owner",
        tags=TAGS,
        request=bodies.AppointmentInput,
        responses=answers(200, bodies.OperatedOrganizationDetailOutput, *ACT, *BODY),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Make a member an owner where no owner can act, with a fresh proof. The owners get the reason by mail."""
        operators.appoint_owner(
            session=api_session(request),
            organization_id=organization_id,
            **parse(bodies.AppointmentInput, request),
            now=clock.now(),
        )
        return Response(_whole(request, organization_id))


def _row(organization: Organization) -> dict[str, Any]:
    organization.status = operators.status_of(organization)  # type: ignore[attr-defined]
    return dict(bodies.OperatedOrganizationOutput(organization).data)


def _whole(request: Request, organization_id: UUID) -> dict[str, Any]:
    found = operators.get(api_user(request), organization_id)
    owners = [{"id": str(owner.id), "email": owner.email} for owner in operators.owners(found)]
    count = found.member_count  # type: ignore[attr-defined]
    return {**_row(found), "member_count": count, "owners": owners}
