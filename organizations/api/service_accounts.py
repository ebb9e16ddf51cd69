"""`/api/v1/organizations/{organization_id}/service-accounts`."""

from collections.abc import Callable
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
from organizations.api import keys_bodies as bodies
from organizations.http import actor_of_api
from organizations.models import ServiceAccount
from organizations.services import service_accounts
from organizations.services.service_accounts import Changes

TAGS = ["service accounts"]
BODY = (401, 403, 404, 409, 413, 415, 422)


class ServiceAccountsView(APIView):
    @extend_schema(
        operation_id="list_service_accounts",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, bodies.ServiceAccountListOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """List the organization's service accounts by name."""
        query = parse_query(ListQuery, request)
        rows = service_accounts.rows_of(
            actor=actor_of_api(request), organization_id=organization_id, now=clock.now()
        )
        return Response(listed(rows, query, bodies.account_body))

    @extend_schema(
        operation_id="create_service_account",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.ServiceAccountInput,
        responses=answers(201, bodies.ServiceAccountOutput, *BODY),
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Create a service account under a role within your own. It does nothing until it has a key."""
        account = service_accounts.create(
            actor=actor_of_api(request),
            organization_id=organization_id,
            now=clock.now(),
            **parse(bodies.ServiceAccountInput, request),
        )
        return Response(bodies.account_body(account), status=201)


class ServiceAccountView(APIView):
    @extend_schema(
        operation_id="get_service_account",
        tags=TAGS,
        responses=answers(200, bodies.ServiceAccountOutput, 401, 403, 404),
    )
    def get(self, request: Request, organization_id: UUID, account_id: UUID) -> Response:
        """Read one service account."""
        return _answer(service_accounts.get, request, organization_id, account_id)

    @extend_schema(
        operation_id="update_service_account",
        tags=TAGS,
        request=bodies.ServiceAccountChangesInput,
        responses=answers(200, bodies.ServiceAccountOutput, *BODY),
    )
    def patch(self, request: Request, organization_id: UUID, account_id: UUID) -> Response:
        """Change the named members. With a lesser role its keys may less at once."""
        account = service_accounts.update(
            actor=actor_of_api(request),
            organization_id=organization_id,
            account_id=account_id,
            changes=Changes(**parse(bodies.ServiceAccountChangesInput, request)),
            now=clock.now(),
        )
        return Response(bodies.account_body(account))

    @extend_schema(
        operation_id="delete_service_account",
        tags=TAGS,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def delete(self, request: Request, organization_id: UUID, account_id: UUID) -> Response:
        """Delete a service account with its keys. Only people do, after a fresh proof."""
        service_accounts.delete(
            actor=actor_of_api(request),
            organization_id=organization_id,
            account_id=account_id,
            now=clock.now(),
        )
        return Response(status=204)


class ServiceAccountDisableView(APIView):
    @extend_schema(
        operation_id="disable_service_account",
        tags=TAGS,
        request=None,
        responses=answers(200, bodies.ServiceAccountOutput, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID, account_id: UUID) -> Response:
        """Stop a service account: none of its keys works until it is enabled again."""
        return _answer(service_accounts.disable, request, organization_id, account_id)


class ServiceAccountEnableView(APIView):
    @extend_schema(
        operation_id="enable_service_account",
        tags=TAGS,
        request=None,
        responses=answers(200, bodies.ServiceAccountOutput, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID, account_id: UUID) -> Response:
        """Let its keys work again. Only people do, after a fresh proof."""
        return _answer(service_accounts.enable, request, organization_id, account_id)


def _answer(
    service: Callable[..., ServiceAccount], request: Request, organization_id: UUID, account_id: UUID
) -> Response:
    account = service(
        actor=actor_of_api(request), organization_id=organization_id, account_id=account_id, now=clock.now()
    )
    return Response(bodies.account_body(account))
