"""`/api/v1/oauth/clients/{client_id}/…`: what belongs to a client: secrets, consents, the logo."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session, api_user
from accounts.operators import is_operator
from core import clock
from core.api.idempotency import IDEMPOTENCY_KEY, idempotent
from core.api.lists import ListQuery, listed
from core.api.pictures import PICTURE_BODY, PICTURE_PARSERS, picture_in
from core.api.schema import EndedOutput, answers
from core.api.serializers import parse, parse_query
from core.errors import NotFound
from oauth import ownership
from oauth.api import serializers as bodies
from oauth.api.views import TAGS
from oauth.models import Consent
from oauth.services import client_organizations, client_secrets, consents, logos


class SecretsView(APIView):
    @extend_schema(
        operation_id="list_client_secrets",
        tags=TAGS,
        responses=answers(200, bodies.SecretsOutput, 401, 404),
    )
    def get(self, request: Request, client_id: str) -> Response:
        """The secrets that work now, by id and hint. A secret itself is never shown again."""
        client = ownership.get_client(api_user(request), client_id)
        rows = client_secrets.living_of(client, now=clock.now())
        return Response({"data": bodies.SecretOutput(rows, many=True).data})

    @extend_schema(
        operation_id="rotate_client_secret",
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses=answers(201, bodies.NewSecretOutput, 401, 404, 409, 422, 429),
    )
    @idempotent
    def post(self, request: Request, client_id: str) -> Response:
        """A new secret, shown this once. The old ones work for CLIENT_SECRET_ROTATION_GRACE_HOURS longer."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        row, secret = client_secrets.rotate(session=api_session(request), client=client, now=clock.now())
        return Response({**bodies.SecretOutput(row).data, "client_secret": secret}, status=201)


class SecretView(APIView):
    @extend_schema(
        operation_id="revoke_client_secret",
        tags=TAGS,
        responses=answers(204, None, 401, 404, 409),
    )
    def delete(self, request: Request, client_id: str, secret_id: UUID) -> Response:
        """End an old secret at once. The current one is rotated first (409)."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        client_secrets.revoke(
            session=api_session(request), client=client, secret_id=secret_id, now=clock.now()
        )
        return Response(status=204)


class ClientConsentsView(APIView):
    @extend_schema(
        operation_id="list_client_consents",
        tags=TAGS,
        parameters=[ListQuery],
        responses=answers(200, bodies.ConsentListOutput, 401, 404, 422),
    )
    def get(self, request: Request, client_id: str) -> Response:
        """Who allows the client to use their account. Owners see subjects, operators addresses too."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        with_email = is_operator(actor)

        def show(consent: Consent) -> dict[str, Any]:
            return bodies.consent_body(consent, client, with_email=with_email)

        query = parse_query(ListQuery, request)
        return Response(listed(consents.living_of_client(client), query, show))

    @extend_schema(
        operation_id="end_client_consents",
        tags=TAGS,
        responses=answers(200, EndedOutput, 401, 404),
    )
    def delete(self, request: Request, client_id: str) -> Response:
        """End every consent: the client's tokens end, and people are asked anew."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        return Response({"ended": consents.end_for_client(actor=actor, client=client, now=clock.now())})


class ClientConsentView(APIView):
    @extend_schema(
        operation_id="end_client_consent",
        tags=TAGS,
        responses=answers(204, None, 401, 404),
    )
    def delete(self, request: Request, client_id: str, consent_id: UUID) -> Response:
        """End one person's consent."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        if not consents.end_for_client(actor=actor, client=client, consent_id=consent_id, now=clock.now()):
            raise NotFound("There is no such living consent.", reason="consent_not_found")
        return Response(status=204)


class ClientLogoView(APIView):
    parser_classes = PICTURE_PARSERS

    @extend_schema(
        operation_id="put_client_logo",
        tags=TAGS,
        request=PICTURE_BODY,
        responses=answers(200, bodies.ClientOutput, 401, 404, 413, 415, 422, 429),
    )
    def put(self, request: Request, client_id: str) -> Response:
        """Set the logo: the picture itself as the body, at most 1 MB. It is encoded anew as PNG."""
        actor = api_user(request)
        client = ownership.get_client(actor, client_id)
        logos.put(actor=actor, client=client, picture=picture_in(request), now=clock.now())
        return Response(bodies.client_body(ownership.get_client(actor, client_id)))

    @extend_schema(
        operation_id="delete_client_logo",
        tags=TAGS,
        responses=answers(204, None, 401, 404),
    )
    def delete(self, request: Request, client_id: str) -> Response:
        """Take the logo away."""
        actor = api_user(request)
        logos.remove(actor=actor, client=ownership.get_client(actor, client_id))
        return Response(status=204)


class ClientOrganizationView(APIView):
    @extend_schema(
        operation_id="put_client_organization",
        tags=TAGS,
        request=bodies.ClientOrganizationInput,
        responses=answers(200, bodies.ClientOutput, 401, 403, 404, 409, 413, 415, 422),
    )
    def put(self, request: Request, client_id: str) -> Response:
        """Have sign-ins to the client look like an organization's in which you may manage the branding."""
        actor = api_user(request)
        client_organizations.put(
            session=api_session(request),
            client=ownership.get_client(actor, client_id),
            **parse(bodies.ClientOrganizationInput, request),
            now=clock.now(),
        )
        return Response(bodies.client_body(ownership.get_client(actor, client_id)))

    @extend_schema(
        operation_id="delete_client_organization",
        tags=TAGS,
        responses=answers(204, None, 401, 404),
    )
    def delete(self, request: Request, client_id: str) -> Response:
        """Sign-ins to the client look like everybody's again."""
        actor = api_user(request)
        client_organizations.remove(actor=actor, client=ownership.get_client(actor, client_id))
        return Response(status=204)
