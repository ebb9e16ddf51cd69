"""`/api/v1/organizations/{id}/policy`: what an organization asks of its members' sign-ins and of invitations."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.schema import answers
from core.api.serializers import parse
from core.api.versions import IF_MATCH, versions_asked_for, with_version
from organizations.api.policy_bodies import PolicyInput, PolicyOutput
from organizations.http import actor_of_api
from organizations.models import OrganizationPolicy
from organizations.services import policy

TAGS = ["organization policy"]
ACT = (401, 403, 404)


class PolicyView(APIView):
    @extend_schema(
        operation_id="get_organization_policy", tags=TAGS, responses=answers(200, PolicyOutput, *ACT)
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """Read what the organization asks. The ETag names this version of it. Asks for `policy:read`."""
        return _shown(policy.get(actor_of_api(request), organization_id, now=clock.now()))

    @extend_schema(
        operation_id="update_organization_policy",
        tags=TAGS,
        parameters=[IF_MATCH],
        request=PolicyInput,
        responses=answers(200, PolicyOutput, 409, 412, 413, 415, 422, *ACT),
    )
    def patch(self, request: Request, organization_id: UUID) -> Response:
        """Change the named settings. What would lock yourself out is refused. Asks for `policy:manage` and a fresh proof: no key
        does it."""
        changed = policy.change(
            actor=actor_of_api(request),
            organization_id=organization_id,
            changes=parse(PolicyInput, request),
            if_version=versions_asked_for(request),
            now=clock.now(),
        )
        return _shown(changed)


def _shown(row: OrganizationPolicy) -> Response:
    return with_version(Response(PolicyOutput(row).data), policy.version_of(row))
