"""`/organizations/{id}/invitations` for who invites; `/invitations` and `/users/me/invitations` for the invited."""

from collections.abc import Mapping
from typing import IO, Any, cast
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session
from core import background, clock
from core.api.bodiless import REFUSED, bodiless
from core.api.cursors import paged
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.parsers import BodyTooLarge, StrictJSONParser
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from organizations import invitation_files, tasks
from organizations.api import invitation_bodies as bodies
from organizations.api.organizations_bodies import role_body
from organizations.http import actor_of_api
from organizations.invitation_files import Line
from organizations.models import Membership
from organizations.services import bulk_invitations, invitations, joining

TAGS = ["invitations"]
BODY = (401, 403, 404, 409, 413, 415, 422)
TOKEN = OpenApiParameter("token", str, required=True, description="The token of the mailed link.")


class CSVParser(BaseParser):
    """The bytes of a list as they came; `organizations.invitation_files` reads them."""

    media_type = "text/csv"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        raw = stream.read(invitation_files.MAX_BYTES + 1)
        if len(raw) > invitation_files.MAX_BYTES:
            raise BodyTooLarge("The list is larger than 1 MB.")
        return {"csv": raw}


class InvitationsView(APIView):
    """The invitations of one organization."""

    @extend_schema(
        operation_id="list_invitations",
        tags=TAGS,
        parameters=[bodies.InvitationQuery],
        responses=answers(200, bodies.InvitationPageOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """List the invitations, the newest first: all of them with `member:invite`, else those you sent yourself."""
        query, now = parse_query(bodies.InvitationQuery, request), clock.now()
        page = invitations.read(
            actor=actor_of_api(request),
            organization_id=organization_id,
            place=invitations.Place(query.get("cursor"), query["limit"], only_pending="state" in query),
            now=now,
        )
        return Response(paged(page, lambda row: bodies.invitation_body(row, row.state_at(now))))

    @extend_schema(
        operation_id="create_invitation",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.InvitationInput,
        responses=answers(201, bodies.InvitationOutput, *BODY, 429, description="A mail is on its way."),
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Invite an address under a role that goes no further than your own. The link is in the mail only."""
        body, now = parse(bodies.InvitationInput, request), clock.now()
        invitation = invitations.invite(
            actor=actor_of_api(request),
            organization_id=organization_id,
            email=body["email"],
            role_key=body["role"],
            now=now,
        )
        return Response(bodies.invitation_body(invitation, invitation.state_at(now)), status=201)


class BulkInvitationsView(APIView):
    """Many invitations at once."""

    parser_classes = (StrictJSONParser, CSVParser)

    @extend_schema(
        operation_id="create_invitations",
        tags=TAGS,
        parameters=[bodies.BulkQuery],
        request={"application/json": bodies.BulkInput, "text/csv": OpenApiTypes.BINARY},
        responses=answers(200, bodies.ReportOutput, *BODY, 429),
    )
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Invite many, as JSON or as CSV with the columns email and role; 10,000 lines and 1 MB at most.

        While a line has a fault nobody is invited, and the report says what is wrong with which; `send_good` sends
        the others. With CSV, `role` and `send_good` stand in the query.
        """
        asked, lines = _list_in(request)
        report = bulk_invitations.invite_many(
            actor=actor_of_api(request),
            organization_id=organization_id,
            lines=lines,
            default_role=asked["role"],
            send_good=asked["send_good"],
            now=clock.now(),
        )
        if report.sent:
            background.wake(tasks.send_invitations)
        return Response(bodies.report_body(report))


class InvitationView(APIView):
    """One invitation of an organization."""

    @extend_schema(
        operation_id="revoke_invitation",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, invitation_id: UUID) -> Response:
        """Take an invitation back: its link does nothing more."""
        invitations.revoke(
            actor=actor_of_api(request),
            organization_id=organization_id,
            invitation_id=invitation_id,
            now=clock.now(),
        )
        return Response(status=204)


class ResendView(APIView):
    """Another mail."""

    @extend_schema(
        operation_id="resend_invitation",
        tags=TAGS,
        request=None,
        responses=answers(
            200,
            bodies.InvitationOutput,
            401,
            403,
            404,
            409,
            429,
            *REFUSED,
            description="A new mail is on its way.",
        ),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID, invitation_id: UUID) -> Response:
        """Send a new link; the one before is void. You answer for the invitation from now on."""
        now = clock.now()
        invitation = invitations.resend(
            actor=actor_of_api(request), organization_id=organization_id, invitation_id=invitation_id, now=now
        )
        return Response(bodies.invitation_body(invitation, invitation.state_at(now)))


class ValidateView(APIView):
    """What a link is about."""

    authentication_classes = ()

    @extend_schema(
        operation_id="validate_invitation",
        tags=TAGS,
        parameters=[TOKEN],
        responses=answers(200, bodies.ReceivedOutput, 404, 409, 422),
    )
    def get(self, request: Request) -> Response:
        """Look at the invitation of a link without acting. The address is masked."""
        query = parse_query(bodies.TokenInput, request)
        invitation = joining.validate(token=query["token"], now=clock.now())
        return Response(bodies.received_body(invitation, is_theirs=False))


class AcceptView(APIView):
    """Accepting by the link."""

    @extend_schema(
        operation_id="accept_invitation",
        tags=TAGS,
        request=bodies.TokenInput,
        responses=answers(200, bodies.JoinedOutput, *BODY, description="You are a member now."),
    )
    def post(self, request: Request) -> Response:
        """Become a member. The invited address must be one of your verified ones."""
        body = parse(bodies.TokenInput, request)
        joined = joining.accept_by_link(session=api_session(request), **body, now=clock.now())
        return Response(_joined(joined))


class DeclineView(APIView):
    """Declining by the link."""

    authentication_classes = ()

    @extend_schema(
        operation_id="decline_invitation",
        tags=TAGS,
        request=bodies.TokenInput,
        responses=answers(204, None, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        """Decline the invitation of a link, for good."""
        body = parse(bodies.TokenInput, request)
        joining.decline_by_link(**body, user=None, now=clock.now())
        return Response(status=204)


class OwnInvitationsView(APIView):
    """What waits for oneself."""

    @extend_schema(
        operation_id="list_own_invitations", tags=TAGS, responses=answers(200, bodies.ReceivedListOutput, 401)
    )
    def get(self, request: Request) -> Response:
        """List the invitations that wait for one of your verified addresses; the newest hundred."""
        found = joining.waiting_for(api_session(request).user, now=clock.now())
        return Response({"data": [bodies.received_body(row, is_theirs=True) for row in found]})


class OwnAcceptView(APIView):
    """Accepting without the link."""

    @extend_schema(
        operation_id="accept_own_invitation",
        tags=TAGS,
        request=None,
        responses=answers(
            200, bodies.JoinedOutput, 401, 403, 404, 409, *REFUSED, description="You are a member now."
        ),
    )
    @bodiless
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """Become a member by an invitation that waits for one of your verified addresses."""
        joined = joining.accept_own(
            session=api_session(request), invitation_id=invitation_id, now=clock.now()
        )
        return Response(_joined(joined))


class OwnDeclineView(APIView):
    """Declining without the link."""

    @extend_schema(
        operation_id="decline_own_invitation",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 404, 409, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """Decline an invitation that waits for one of your verified addresses, for good."""
        joining.decline_own(session=api_session(request), invitation_id=invitation_id, now=clock.now())
        return Response(status=204)


def _list_in(request: Request) -> tuple[dict[str, Any], list[Line]]:
    raw = cast(dict[str, Any], request.data).get("csv")
    if isinstance(raw, bytes):
        asked = parse_query(bodies.BulkQuery, request)
        return asked, invitation_files.read(invitation_files.decode(raw))
    body = parse(bodies.BulkInput, request)
    rows = body["invitations"]
    return body, [
        Line(number, row["email"].strip(" "), row["role"].strip(" ")) for number, row in enumerate(rows, 1)
    ]


def _joined(membership: Membership) -> dict[str, Any]:
    facts = {
        "id": membership.id,
        "organization": membership.organization,
        "role": role_body(membership.role),
        "joined_at": membership.joined_at,
    }
    return dict(bodies.JoinedOutput(facts).data)
