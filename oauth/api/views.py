"""`/api/v1/oauth/clients`: clients for their owners and for operators. To others they are not there (404)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import F, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session, api_user
from core import clock
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.lists import SearchQuery, listed
from core.api.schema import EndedOutput, answers
from core.api.serializers import parse, parse_query
from core.api.versions import IF_MATCH, versions_asked_for, with_version
from core.errors import ValidationFailed
from oauth import metadata, ownership
from oauth.api import serializers as bodies
from oauth.errors import InvalidClientMetadata
from oauth.models import Client
from oauth.services import client_changes, clients
from oauth.services.clients import Registered

TAGS = ["oauth clients"]
BODY = (401, 404, 413, 415, 422, 429)


class ClientsView(APIView):
    """All the clients one may manage."""

    @extend_schema(
        operation_id="list_clients",
        tags=TAGS,
        parameters=[SearchQuery],
        responses=answers(200, bodies.ClientListOutput, 401, 422),
    )
    def get(self, request: Request) -> Response:
        """List your own clients; as an operator everybody's. `search` looks into name, publisher and id."""
        query = parse_query(SearchQuery, request)
        rows = _found(ownership.manageable_by(api_user(request)), query.get("search", ""))
        shown = rows.select_related("user").annotate(logo_digest=F("logo__digest"))
        return Response(listed(shown.order_by("-created", "-id"), query, bodies.client_body))

    @extend_schema(
        operation_id="create_client",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.ClientInput,
        responses=answers(201, bodies.ClientWithSecretOutput, 403, 409, *BODY),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Register a client. Its secret is in this answer and in no other."""
        body = parse(bodies.ClientInput, request)
        with metadata_judged():
            asked = metadata.from_json(body)
            registered = clients.create(actor=api_user(request), metadata=asked, now=clock.now())
        return _with_secret(registered, status=201)


class ClientView(APIView):
    """One client."""

    @extend_schema(
        operation_id="get_client", tags=TAGS, responses=answers(200, bodies.ClientOutput, 401, 404)
    )
    def get(self, request: Request, client_id: str) -> Response:
        """Read a client. The ETag names this version of it."""
        client = ownership.get_client(api_user(request), client_id)
        return with_version(Response(bodies.client_body(client)), client_changes.version_of(client))

    @extend_schema(
        operation_id="update_client",
        tags=TAGS,
        parameters=[IF_MATCH],
        request=bodies.ClientInput,
        responses=answers(200, bodies.ClientWithSecretOutput, 403, 409, 412, *BODY),
    )
    def patch(self, request: Request, client_id: str) -> Response:
        """Change the named members; null sets one back to its default."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        changes = parse(bodies.ClientInput, request)
        with metadata_judged():
            registered = client_changes.update(
                session=api_session(request),
                client=client,
                changes=changes,
                if_version=versions_asked_for(request),
                now=clock.now(),
            )
        return _with_secret(registered)

    @extend_schema(
        operation_id="delete_client",
        tags=TAGS,
        responses=answers(204, None, 401, 404),
    )
    def delete(self, request: Request, client_id: str) -> Response:
        """Delete a client. Its tokens end, its secrets, codes and consents go with it."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        clients.delete(session=api_session(request), client=client, now=clock.now())
        return Response(status=204)


class ClientDisableView(APIView):
    @extend_schema(
        operation_id="disable_client",
        tags=TAGS,
        request=None,
        responses=answers(200, bodies.ClientOutput, 401, 404),
    )
    def post(self, request: Request, client_id: str) -> Response:
        """Stop a client at once: it authenticates no more, and its tokens end."""
        actor = api_user(request)
        clients.disable(actor=actor, client=ownership.get_client(actor, client_id), now=clock.now())
        return _as_it_is(request, client_id)


class ClientEnableView(APIView):
    @extend_schema(
        operation_id="enable_client",
        tags=TAGS,
        request=None,
        responses=answers(200, bodies.ClientOutput, 401, 403, 404),
    )
    def post(self, request: Request, client_id: str) -> Response:
        """Let a disabled client in again; its old tokens stay dead. What an operator disabled, only an operator enables."""
        actor = api_user(request)
        clients.enable(actor=actor, client=ownership.get_client(actor, client_id))
        return _as_it_is(request, client_id)


class ClientTokensView(APIView):
    @extend_schema(
        operation_id="revoke_client_tokens",
        tags=TAGS,
        request=None,
        responses=answers(200, EndedOutput, 401, 404),
    )
    def post(self, request: Request, client_id: str) -> Response:
        """End every token that people gave the client. `ended` counts token families; consents stay."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        return Response({"ended": clients.end_tokens(actor=actor, client=client, now=clock.now())})


class ClientVerifyView(APIView):
    @extend_schema(
        operation_id="verify_client",
        tags=TAGS,
        request=bodies.VerifyClientInput,
        responses=answers(200, bodies.ClientOutput, 403, *BODY),
    )
    def post(self, request: Request, client_id: str) -> Response:
        """Operators: vouch for the publisher, or take that back with `is_verified: false`."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        clients.set_verified(actor=actor, client=client, **parse(bodies.VerifyClientInput, request))
        return _as_it_is(request, client_id)


class ClientTransferView(APIView):
    @extend_schema(
        operation_id="transfer_client",
        tags=TAGS,
        request=bodies.TransferClientInput,
        responses=answers(200, bodies.ClientOutput, 403, *BODY),
    )
    def post(self, request: Request, client_id: str) -> Response:
        """Operators: give the client to another owner."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        body = parse(bodies.TransferClientInput, request)
        clients.transfer(session=api_session(request), client=client, **body, now=clock.now())
        return _as_it_is(request, client_id)


@contextmanager
def metadata_judged() -> Iterator[None]:
    """RFC 7591's refusals in the words of our own API: 422 with the registered error code as `reason`."""
    try:
        yield
    except InvalidClientMetadata as error:
        raise ValidationFailed(error.description, reason=error.error) from None


def _found(rows: QuerySet[Client], search: str) -> QuerySet[Client]:
    if not search:
        return rows
    return rows.filter(
        Q(name__icontains=search) | Q(publisher__icontains=search) | Q(client_id__icontains=search)
    )


def _as_it_is(request: Request, client_id: str) -> Response:
    client = ownership.get_client(api_user(request), client_id)
    return with_version(Response(bodies.client_body(client)), client_changes.version_of(client))


def _with_secret(registered: Registered, *, status: int = 200) -> Response:
    body = {**bodies.client_body(registered.client), "client_secret": registered.secret}
    return with_version(Response(body, status=status), client_changes.version_of(registered.client))
