"""`/api/v1/auth/mfa`: the second factor of a login, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.api.schema import answers
from core.api.serializers import parse
from login.api import serializers as bodies
from login.api.views import BODY, PublicView, as_json
from login.services import challenge
from mfa import codes
from mfa.factors import Answer
from mfa.methods import Method
from mfa.services import factors


class MfaVerifyView(PublicView):
    @extend_schema(
        operation_id="verify_mfa",
        tags=["mfa"],
        request=bodies.MfaVerifyInput,
        responses=answers(200, bodies.AuthResult, 401, *BODY),
    )
    def post(self, request: Request) -> Response:
        """Finish a login that asked for a second factor. The token works once, for ten minutes."""
        now, data = clock.now(), parse(bodies.MfaVerifyInput, request)
        if "credential" in data:
            given = Answer(method=Method.PASSKEY, credential=data["credential"])
        else:
            method = Method(data["method"]) if "method" in data else _first_method(data["mfa_token"])
            given = Answer(method=method, code=codes.canonical(data["code"]))
        return as_json(challenge.answer(data["mfa_token"], given, now=now), now=now)


def _first_method(token: str) -> Method:
    """The last used method with codes."""
    now = clock.now()
    waiting = challenge.find(token, now=now)
    methods = factors.methods_of(waiting.user, now=now) if waiting else ()
    return next((method for method in methods if method != Method.PASSKEY), Method.TOTP)
