"""`/users/me/exports`, `/deletion`, `/consents` and `/terms`: one's own data over REST."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import privacy_bodies as bodies
from accounts.http import api_session, api_user
from accounts.services import deletion, exports, purposes, terms
from accounts.tasks import prepare_export
from core import background, clock
from core.api.schema import answers
from core.api.serializers import parse

BODY = (413, 415, 422)


class ExportsView(APIView):
    @extend_schema(
        operation_id="list_own_exports", tags=["privacy"], responses=answers(200, bodies.ExportsOutput, 401)
    )
    def get(self, request: Request) -> Response:
        """The archives of your data that you asked for in the last month, the newest first."""
        now = clock.now()
        rows = exports.exports_of(api_user(request))
        return Response({"data": [bodies.export_body(row, now=now) for row in rows]})

    @extend_schema(
        operation_id="request_own_export",
        tags=["privacy"],
        request=None,
        responses=answers(202, bodies.ExportOutput, 401, 409, 429, description="It is being prepared."),
    )
    def post(self, request: Request) -> Response:
        """Ask for an archive of everything we hold on you. A mail says when it is ready. Asks for a fresh sign-in."""
        now = clock.now()
        row = exports.request_export(api_session(request), now=now)
        transaction.on_commit(lambda: background.wake(prepare_export, str(row.id)))
        return Response(bodies.export_body(row, now=now), status=202)


class ExportDownloadView(APIView):
    @extend_schema(
        operation_id="download_own_export",
        tags=["privacy"],
        request=None,
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            **{key: body for key, body in answers(200, None, 401, 404, 409).items() if key != 200},
        },
    )
    def post(self, request: Request, export_id: UUID) -> HttpResponse:
        """Download an archive, once: we wipe our copy. Asks for a fresh sign-in."""
        packed = exports.take(api_session(request), export_id, now=clock.now())
        response = HttpResponse(packed, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="janua-data-{export_id}.zip"'
        return response


class DeletionView(APIView):
    @extend_schema(
        operation_id="get_own_deletion", tags=["privacy"], responses=answers(200, bodies.DeletionOutput, 401)
    )
    def get(self, request: Request) -> Response:
        """When your account is to be deleted; null if it is not."""
        return Response(bodies.deletion_body(api_user(request).deletion_due_at))

    @extend_schema(
        operation_id="request_own_deletion",
        tags=["privacy"],
        request=bodies.DeletionInput,
        responses=answers(
            202, bodies.DeletionOutput, 401, 409, *BODY, description="The days of grace begin."
        ),
    )
    def post(self, request: Request) -> Response:
        """Ask for your account to be deleted. Every session ends, this one too. Asks for a fresh sign-in."""
        typed = parse(bodies.DeletionInput, request)["email"]
        due_at = deletion.request_deletion(api_session(request), typed_email=typed, now=clock.now())
        return Response(bodies.deletion_body(due_at), status=202)

    @extend_schema(operation_id="cancel_own_deletion", tags=["privacy"], responses=answers(204, None, 401))
    def delete(self, request: Request) -> Response:
        """Keep your account. Nothing happens where it was not to be deleted."""
        deletion.keep(api_user(request), now=clock.now())
        return Response(status=204)


class ConsentsView(APIView):
    @extend_schema(
        operation_id="list_own_consents",
        tags=["privacy"],
        responses=answers(200, bodies.ConsentsOutput, 401),
    )
    def get(self, request: Request) -> Response:
        """What you may allow us beyond what the service needs, and what you answered last."""
        rows = purposes.choices(api_user(request))
        return Response({"data": [bodies.choice_body(row) for row in rows]})

    @extend_schema(
        operation_id="answer_own_consent",
        tags=["privacy"],
        request=bodies.ConsentInput,
        responses=answers(201, bodies.ReceiptOutput, 401, 404, 429, *BODY, description="Noted; the receipt."),
    )
    def post(self, request: Request) -> Response:
        """Give or withdraw a consent."""
        data = parse(bodies.ConsentInput, request)
        change = purposes.answer(
            api_user(request),
            data["purpose"],
            is_granted=data["is_granted"],
            via="api",
            now=clock.now(),
        )
        return Response(purposes.receipt(change), status=201)


class ConsentReceiptView(APIView):
    @extend_schema(
        operation_id="get_own_consent_receipt",
        tags=["privacy"],
        responses=answers(200, bodies.ReceiptOutput, 401, 404),
    )
    def get(self, request: Request, change_id: UUID) -> Response:
        """The receipt of one answer."""
        return Response(purposes.receipt(purposes.get_change(api_user(request), change_id)))


class TermsView(APIView):
    @extend_schema(
        operation_id="get_own_terms", tags=["privacy"], responses=answers(200, bodies.TermsOutput, 401)
    )
    def get(self, request: Request) -> Response:
        """Which terms you still have to accept, and which you accepted."""
        return Response(bodies.terms_body(api_user(request), now=clock.now()))

    @extend_schema(
        operation_id="accept_own_terms",
        tags=["privacy"],
        request=bodies.AcceptTermsInput,
        responses=answers(200, bodies.TermsOutput, 401, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Accept versions that are due, by their ids. Of others nothing is noted."""
        user, now = api_user(request), clock.now()
        terms.accept(user, parse(bodies.AcceptTermsInput, request)["versions"], via="api", now=now)
        return Response(bodies.terms_body(user, now=now))


class CurrentTermsView(APIView):
    """Opens to everybody: what somebody accepts when signing up."""

    authentication_classes = ()

    @extend_schema(
        operation_id="list_terms", tags=["privacy"], responses=answers(200, bodies.CurrentTermsOutput)
    )
    def get(self, request: Request) -> Response:
        """The terms of today. Whoever registers with `accepts_terms` accepts those that are required."""
        rows = terms.required(now=clock.now())
        return Response({"data": [bodies.version_body(row) for row in rows]})
