"""`/api/v1/organizations/{id}/domains`, and the organizations that one may join by a domain."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session, api_user
from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.lists import ListQuery, listed
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from organizations.api import domains_bodies as bodies
from organizations.http import actor_of_api
from organizations.services import domains, enrolment

TAGS = ["organization domains"]
ACT = (401, 403, 404)
BODY = (409, 413, 415, 422)


class DomainsView(APIView):
    @extend_schema(
        operation_id="list_domains",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, bodies.DomainListOutput, 422, *ACT),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """List the domains, verified or not, by name. Asks for `domain:read`."""
        query = parse_query(ListQuery, request)
        found = domains.list_of(actor_of_api(request), organization_id, now=clock.now())
        return Response(listed(found.domains, query, bodies.domain_body))

    @extend_schema(
        operation_id="add_domain",
        tags=TAGS,
        request=bodies.DomainInput,
        responses=answers(201, bodies.DomainOutput, *ACT, *BODY),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Say that a domain is the organization's. Set `record` in its DNS, then verify. Asks for `domain:manage` and a
        fresh proof, as everything that changes domains does: no key does it."""
        row = domains.add(
            actor=actor_of_api(request),
            organization_id=organization_id,
            name=parse(bodies.DomainInput, request)["name"],
            now=clock.now(),
        )
        return Response(bodies.domain_body(row), status=201)


class DomainView(APIView):
    """One domain."""

    @extend_schema(
        operation_id="update_domain",
        tags=TAGS,
        request=bodies.DomainChange,
        responses=answers(200, bodies.DomainOutput, *ACT, *BODY),
    )
    def patch(self, request: Request, organization_id: UUID, domain_id: UUID) -> Response:
        """Say how people with an address of the domain come in, and as what."""
        row = domains.change(
            actor=actor_of_api(request),
            organization_id=organization_id,
            domain_id=domain_id,
            **parse(bodies.DomainChange, request),
            now=clock.now(),
        )
        return Response(bodies.domain_body(row))

    @extend_schema(
        operation_id="remove_domain",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 409, *ACT, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, domain_id: UUID) -> Response:
        """Give the domain up. Members stay members."""
        domains.remove(
            actor=actor_of_api(request), organization_id=organization_id, domain_id=domain_id, now=clock.now()
        )
        return Response(status=204)


class DomainVerifyView(APIView):
    @extend_schema(
        operation_id="verify_domain",
        tags=TAGS,
        request=None,
        responses=answers(200, bodies.DomainOutput, 409, 429, *ACT, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID, domain_id: UUID) -> Response:
        """Look for the record now. 422 with `record_not_found` or `dns_unreachable`: try again later."""
        row = domains.verify(
            actor=actor_of_api(request), organization_id=organization_id, domain_id=domain_id, now=clock.now()
        )
        return Response(bodies.domain_body(row))


class JoinableOrganizationsView(APIView):
    @extend_schema(
        operation_id="list_joinable_organizations",
        tags=TAGS,
        responses=answers(200, bodies.JoinableOrganizationsOutput, 401),
    )
    def get(self, request: Request) -> Response:
        """List the organizations that you may join because you have proven an address of their domain."""
        return Response(
            {"data": [bodies.joinable_body(row) for row in enrolment.offers_to(api_user(request))]}
        )


class JoinableOrganizationView(APIView):
    @extend_schema(
        operation_id="join_organization",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 404, 409, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Join one of them, with the domain's role."""
        enrolment.accept(session=api_session(request), organization_id=organization_id, now=clock.now())
        return Response(status=204)

    @extend_schema(
        operation_id="decline_organization",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 404, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID) -> Response:
        """Do not join it, and do not be asked again; an invitation still works."""
        enrolment.decline(session=api_session(request), organization_id=organization_id, now=clock.now())
        return Response(status=204)
