"""`/api/v1/auth/passkey/register` and `/api/v1/auth/passkeys`: one's own passkeys and security keys."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session, api_user
from core import clock
from core.api.schema import answers
from core.api.serializers import parse
from mfa import authenticators
from mfa.api import passkey_bodies as bodies
from mfa.models import Passkey, WebAuthnChallenge
from mfa.services import passkeys

TAGS = ["passkeys"]
BODY = (413, 415, 422, 429)


class PasskeyOptionsView(APIView):
    @extend_schema(
        operation_id="begin_passkey_registration",
        tags=TAGS,
        request=bodies.PasskeyOptionsInput,
        responses=answers(200, bodies.PasskeyCreationOutput, 401, 409, *BODY),
    )
    def post(self, request: Request) -> Response:
        """What an authenticator makes a passkey from, for this session. Asks for a fresh proof (sudo mode)."""
        kind = Passkey.Kind(parse(bodies.PasskeyOptionsInput, request)["kind"])
        options = passkeys.begin_registration(session=api_session(request), kind=kind, now=clock.now())
        lifetime = int(WebAuthnChallenge.LIFETIME.total_seconds())
        return Response({"public_key": options, "expires_in": lifetime})


class PasskeyRegisterView(APIView):
    @extend_schema(
        operation_id="register_passkey",
        tags=TAGS,
        request=bodies.PasskeyInput,
        responses=answers(201, bodies.PasskeyKeptOutput, 401, 409, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Keep the passkey that an authenticator made. Asks for a fresh proof (sudo mode).

        A first security key turns two-step sign-in on: recovery codes come with it, this once.
        """
        data = parse(bodies.PasskeyInput, request)
        kept = passkeys.finish_registration(session=api_session(request), **data, now=clock.now())
        codes = kept.enrolled.recovery_codes if kept.enrolled else ()
        return Response({**_shown(kept.passkey), "recovery_codes": codes}, status=201)


class PasskeyRegisterAliasView(PasskeyRegisterView):
    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        """The same under the longer name."""
        return super().post(request)


class PasskeysView(APIView):
    @extend_schema(
        operation_id="list_passkeys", tags=TAGS, responses=answers(200, bodies.PasskeysOutput, 401)
    )
    def get(self, request: Request) -> Response:
        """Your passkeys and security keys, the oldest first."""
        rows = Passkey.objects.filter(user=api_user(request)).order_by("created_at", "id")
        return Response({"data": [_shown(row) for row in rows]})


class PasskeyView(APIView):
    @extend_schema(
        operation_id="rename_passkey",
        tags=TAGS,
        request=bodies.PasskeyNameInput,
        responses=answers(200, bodies.PasskeyOutput, 401, 404, *BODY),
    )
    def patch(self, request: Request, passkey_id: UUID) -> Response:
        """Give it another name. Asks for a fresh proof (sudo mode)."""
        data = parse(bodies.PasskeyNameInput, request)
        renamed = passkeys.rename(
            session=api_session(request), passkey_id=passkey_id, **data, now=clock.now()
        )
        return Response(_shown(renamed))

    @extend_schema(operation_id="remove_passkey", tags=TAGS, responses=answers(204, None, 401, 404, 409))
    def delete(self, request: Request, passkey_id: UUID) -> Response:
        """Remove it. The last way in stays (409). Asks for a fresh proof (sudo mode)."""
        passkeys.remove(session=api_session(request), passkey_id=passkey_id, now=clock.now())
        return Response(status=204)


def _shown(passkey: Passkey) -> Any:
    passkey.provider, _icon = authenticators.describe(UUID(str(passkey.aaguid)))
    return bodies.PasskeyOutput(passkey).data
