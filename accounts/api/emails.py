"""`/users/me/emails` and `/auth/email/change`: one's own addresses, by access token."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import UserSerializer
from accounts.http import api_session, api_user
from accounts.models import EmailAddition
from accounts.services import addresses, email_additions, primary_email
from core import clock
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.schema import answers
from core.api.serializers import StrictSerializer, parse

TAGS = ["users"]
BODY = (413, 415, 422)


class NewEmailInput(StrictSerializer):
    email = serializers.CharField(max_length=254)


class EmailCodeInput(StrictSerializer):
    code = serializers.CharField(max_length=16)


class AddressOutput(serializers.Serializer[Any]):
    """The primary address goes by the user's own id. One that is not verified waits for its code."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    is_primary = serializers.BooleanField()
    is_verified = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class AddressesOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:  # `data` is an attribute of every serializer
        return {"data": AddressOutput(many=True)}


class WaitingOutput(serializers.Serializer[Any]):
    """An address that waits for its code. It looks the same for one that somebody has already."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    expires_in = serializers.IntegerField()


class EmailsView(APIView):
    """The person's addresses."""

    @extend_schema(operation_id="list_own_emails", tags=TAGS, responses=answers(200, AddressesOutput, 401))
    def get(self, request: Request) -> Response:
        """List your addresses: the primary one first, those that wait for their code last."""
        return Response(_listed(request))

    @extend_schema(
        operation_id="add_own_email",
        tags=TAGS,
        request=NewEmailInput,
        parameters=[IDEMPOTENCY_KEY],
        responses=answers(201, WaitingOutput, 401, 409, *BODY, 429, description="A code was mailed there."),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add an address. Verify it with the mailed code. Asks for a fresh sign-in."""
        return Response(_waiting(_requested(request, becomes_primary=False)), status=201)


class EmailChangeView(APIView):
    """Another primary address, which replaces the old one."""

    @extend_schema(
        operation_id="change_email",
        tags=["auth"],
        request=NewEmailInput,
        responses=answers(202, WaitingOutput, 401, 409, *BODY, 429, description="A code was mailed there."),
    )
    def post(self, request: Request) -> Response:
        """Replace your primary address. Verify the new one with `verify_own_email`; nothing changes before.

        The old address leaves the account, and can take the change back for 7 days. Asks for a fresh sign-in.
        """
        return Response(_waiting(_requested(request, becomes_primary=True)), status=202)


class EmailView(APIView):
    """One address."""

    @extend_schema(
        operation_id="remove_own_email", tags=TAGS, request=None, responses=answers(204, None, 401, 404, 409)
    )
    def delete(self, request: Request, email_id: UUID) -> Response:
        """Remove an address, or forget one that waits. Not the primary one. Asks for a fresh sign-in."""
        primary_email.remove(session=api_session(request), email_id=email_id, now=clock.now())
        return Response(status=204)


class EmailProveView(APIView):
    """The proof of an address."""

    @extend_schema(
        operation_id="verify_own_email",
        tags=TAGS,
        request=EmailCodeInput,
        responses=answers(200, AddressesOutput, 401, 404, *BODY, 429),
    )
    def post(self, request: Request, email_id: UUID) -> Response:
        """Verify an address with the mailed code. Asks for a fresh sign-in."""
        body = parse(EmailCodeInput, request)
        email_additions.prove_by_code(
            session=api_session(request), addition_id=email_id, **body, now=clock.now()
        )
        api_user(request).refresh_from_db()
        return Response(_listed(request))


class EmailSendAgainView(APIView):
    """Another code."""

    @extend_schema(
        operation_id="resend_own_email_code",
        tags=TAGS,
        request=None,
        responses=answers(202, WaitingOutput, 401, 404, 429, description="A new code was mailed there."),
    )
    def post(self, request: Request, email_id: UUID) -> Response:
        """Send a new code to an address that waits; the one before is void. Asks for a fresh sign-in."""
        row = email_additions.send_again(session=api_session(request), addition_id=email_id, now=clock.now())
        return Response(_waiting(row), status=202)


class EmailPrimaryView(APIView):
    """Which address is the primary one."""

    @extend_schema(
        operation_id="make_own_email_primary",
        tags=TAGS,
        request=None,
        responses=answers(200, UserSerializer, 401, 404),
    )
    def post(self, request: Request, email_id: UUID) -> Response:
        """Make a verified address the primary one; the old one stays on the account. Asks for a fresh sign-in."""
        user = primary_email.make_primary(session=api_session(request), email_id=email_id, now=clock.now())
        return Response(UserSerializer(user).data)


def _requested(request: Request, *, becomes_primary: bool) -> EmailAddition:
    body = parse(NewEmailInput, request)
    return email_additions.request(
        session=api_session(request), **body, becomes_primary=becomes_primary, now=clock.now()
    )


def _waiting(row: EmailAddition) -> dict[str, Any]:
    return {"id": str(row.id), "email": row.email, "expires_in": int(row.LIFETIME.total_seconds())}


def _listed(request: Request) -> dict[str, Any]:
    found = addresses.all_of(api_user(request), now=clock.now())
    return {"data": AddressOutput(found, many=True).data}
