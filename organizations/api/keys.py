"""`/api/v1/organizations/{organization_id}/api-keys`: one's own keys, and for who manages them all."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api.bodiless import REFUSED, bodiless
from core.api.cursors import CursorQuery, paged
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.schema import answers
from core.api.serializers import parse, parse_query
from organizations.api import keys_bodies as bodies
from organizations.http import actor_of_api
from organizations.models import ApiKey
from organizations.services import api_keys
from organizations.services.api_keys import NewKey

TAGS = ["api keys"]


class ApiKeysView(APIView):
    @extend_schema(
        operation_id="list_api_keys",
        tags=TAGS,
        parameters=[CursorQuery],
        responses=answers(200, bodies.KeyPageOutput, 401, 403, 404, 422),
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        """List your own keys, the newest first; with `key:manage` all of the organization's. A secret is never shown again."""
        query = parse_query(CursorQuery, request)
        page = api_keys.page_of(
            actor=actor_of_api(request),
            organization_id=organization_id,
            cursor=query.get("cursor"),
            limit=query["limit"],
            now=clock.now(),
        )
        return Response(paged(page, bodies.key_body))

    @extend_schema(
        operation_id="create_api_key",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.KeyInput,
        responses=answers(201, bodies.NewKeyOutput, 401, 403, 404, 409, 413, 415, 422),
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID) -> Response:
        """Create a key, of your own or of a service account. Its secret is in this answer and in no other.

        Only people create keys, after a fresh proof (`reauthentication_required`).
        """
        asked = NewKey(**parse(bodies.KeyInput, request))
        key, secret = api_keys.create(
            actor=actor_of_api(request), organization_id=organization_id, asked=asked, now=clock.now()
        )
        return _with_secret(key, secret, status=201)


class ApiKeyView(APIView):
    @extend_schema(
        operation_id="get_api_key",
        tags=TAGS,
        responses=answers(200, bodies.KeyOutput, 401, 403, 404),
    )
    def get(self, request: Request, organization_id: UUID, key_id: UUID) -> Response:
        """Read one key, without its secret."""
        key = api_keys.get(
            actor=actor_of_api(request), organization_id=organization_id, key_id=key_id, now=clock.now()
        )
        return Response(bodies.key_body(key))


class ApiKeyRotateView(APIView):
    @extend_schema(
        operation_id="rotate_api_key",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=bodies.RotateKeyInput,
        responses=answers(200, bodies.NewKeyOutput, 401, 403, 404, 409, 413, 415, 422),
    )
    @idempotent
    def post(self, request: Request, organization_id: UUID, key_id: UUID) -> Response:
        """Give the key a new secret. The one so far works for `overlap_hours` longer; a key that ends lives as long again."""
        body = parse(bodies.RotateKeyInput, request)
        key, secret = api_keys.rotate(
            actor=actor_of_api(request),
            organization_id=organization_id,
            key_id=key_id,
            overlap_hours=body["overlap_hours"],
            now=clock.now(),
        )
        return _with_secret(key, secret)


class ApiKeyRevokeView(APIView):
    @extend_schema(
        operation_id="revoke_api_key",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 403, 404, 409, *REFUSED),
    )
    @bodiless
    def post(self, request: Request, organization_id: UUID, key_id: UUID) -> Response:
        """End a key at once, with every secret of it. A key may end itself."""
        api_keys.revoke(
            actor=actor_of_api(request), organization_id=organization_id, key_id=key_id, now=clock.now()
        )
        return Response(status=204)


def _with_secret(key: ApiKey, secret: str, *, status: int = 200) -> Response:
    return Response({**bodies.key_body(key), "secret": secret}, status=status)
