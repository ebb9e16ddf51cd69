"""`/api/v1/auth/mfa`: one's own two-step sign-in, by access token. The challenge of a login is `login.api.challenge`."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import api_session, api_user
from core import clock
from core.api.schema import answers
from core.api.serializers import parse
from core.errors import ValidationFailed
from mfa import codes
from mfa.api import serializers as bodies
from mfa.api.setups import SET_UPS
from mfa.services import own_factors, recovery_codes, set_ups
from mfa.shown import status_of

TAGS = ["mfa"]
BODY = (413, 415, 422)


def _one_of(name: str, serializers: list[Any]) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name=name, serializers=serializers, resource_type_field_name=None
    )


class StatusView(APIView):
    @extend_schema(operation_id="mfa_status", tags=TAGS, responses=answers(200, bodies.MfaStatusOutput, 401))
    def get(self, request: Request) -> Response:
        """Whether your two-step sign-in is on, by which methods, and how many recovery codes are left."""
        return Response(bodies.MfaStatusOutput(status_of(api_user(request))).data)


class SetUpView(APIView):
    @extend_schema(
        operation_id="set_up_mfa",
        tags=TAGS,
        request=_one_of("MfaSetUpInput", [each.body for each in SET_UPS.values()]),
        responses=answers(
            201,
            _one_of("MfaSetUpOutput", list(dict.fromkeys(each.output for each in SET_UPS.values()))),
            *(401, 409, *BODY, 429),
            description="It waits for its first code.",
        ),
    )
    def post(self, request: Request) -> Response:
        """Begin to set up a factor; one that waits of the same method is void. Asks for a fresh sign-in."""
        asked = request.data.get("method") if isinstance(request.data, dict) else None
        set_up = SET_UPS.get(asked) if isinstance(asked, str) else None
        if set_up is None:
            sentence = f"Choose one of: {', '.join(SET_UPS)}."
            raise ValidationFailed(sentence, details={"method": [sentence]})
        data = parse(set_up.body, request)
        del data["method"]
        shown = set_up.begin(api_session(request), data, clock.now())
        return Response(set_up.output(shown).data, status=201)


class ConfirmView(APIView):
    @extend_schema(
        operation_id="confirm_mfa",
        tags=TAGS,
        request=bodies.MfaConfirmInput,
        responses=answers(200, bodies.MfaConfirmedOutput, 401, 404, *BODY, 429),
    )
    def post(self, request: Request, factor_id: UUID) -> Response:
        """Finish a set-up with the first code. The session is then at the level of the factor.

        Recovery codes come with your first factor. Asks for a fresh sign-in.
        """
        code = codes.canonical(parse(bodies.MfaConfirmInput, request)["code"])
        enrolled = set_ups.confirm(
            session=api_session(request), factor_id=factor_id, code=code, now=clock.now()
        )
        return Response({"id": str(enrolled.factor_id), "recovery_codes": enrolled.recovery_codes})


class FactorView(APIView):
    @extend_schema(
        operation_id="rename_mfa_factor",
        tags=TAGS,
        request=bodies.MfaFactorInput,
        responses=answers(200, bodies.MfaFactorOutput, 401, 404, *BODY),
    )
    def patch(self, request: Request, factor_id: UUID) -> Response:
        """Give a factor another name. Asks for a fresh sign-in."""
        factor = own_factors.rename(
            session=api_session(request),
            factor_id=factor_id,
            **parse(bodies.MfaFactorInput, request),
            now=clock.now(),
        )
        return Response(bodies.MfaFactorOutput(factor).data)

    @extend_schema(
        operation_id="remove_mfa_factor",
        tags=TAGS,
        request=None,
        responses=answers(204, None, 401, 404, 409),
    )
    def delete(self, request: Request, factor_id: UUID) -> Response:
        """Remove a factor. With the last one two-step sign-in is off. Asks for a fresh sign-in."""
        own_factors.remove(session=api_session(request), factor_id=factor_id, now=clock.now())
        return Response(status=204)


class RecoveryCodesView(APIView):
    @extend_schema(
        operation_id="make_recovery_codes",
        tags=TAGS,
        request=None,
        responses=answers(201, bodies.RecoveryCodesOutput, 401, 409),
    )
    def post(self, request: Request) -> Response:
        """Make ten new recovery codes; the ones before work no more. Asks for a fresh sign-in."""
        made = recovery_codes.make_new(session=api_session(request), now=clock.now())
        return Response({"recovery_codes": made}, status=201)


class DisableView(APIView):
    @extend_schema(
        operation_id="disable_mfa", tags=TAGS, request=None, responses=answers(204, None, 401, 409)
    )
    def post(self, request: Request) -> Response:
        """Turn two-step sign-in off: every factor and recovery code goes, passkeys stay. Asks for a fresh sign-in."""
        own_factors.disable(session=api_session(request), now=clock.now())
        return Response(status=204)
