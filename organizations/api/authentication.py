"""DRF's authentication by an API key."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from core import clock, context, limits, throttle
from core.errors import RateLimited, TokenInvalid
from organizations.models import ApiKey
from organizations.services import key_use

BEGINS = f"bearer {key_use.PREFIX}"


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer jnu_sk_…` (RFC 6750 section 2.1); never from the query, a cookie or a header of our own.

    `request.auth` becomes the key. `request.user` stays nobody, for a member's key too: what asks for the person must
    not take a program for them.
    """

    def authenticate(self, request: Request) -> tuple[None, ApiKey] | None:
        header = request.headers.get("Authorization", "")
        if header[: len(BEGINS)].lower() != BEGINS:
            return None
        now = clock.now()
        key = key_use.find_living(header.partition(" ")[2], ip=context.current().ip, now=now)
        if key is None:
            self._count_failure()
            raise TokenInvalid(_("This API key is not valid."), reason="invalid_token")
        context.bind_actor(session_id=None, actor_id=key.user_id, client_id=f"api_key:{key.id}")
        return None, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def _count_failure(self) -> None:
        verdict = throttle.hit(limits.API_KEY_FAILURES_IP, throttle.visitor(), now=clock.now())
        if not verdict.allowed:
            raise RateLimited(
                _("Too many attempts. Wait a while, then try again."),
                retry_after_seconds=verdict.retry_after_seconds,
            )


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How openapi.json speaks of it; which operations take it says the policy table (`janua.schema`)."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": f"{key_use.PREFIX}…"}
