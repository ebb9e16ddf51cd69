"""DRF's authentication by an access token of our own API."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import User
from core import clock, context
from core.errors import TokenInvalid
from tokens.models import FIRST_PARTY_CLIENT_ID
from tokens.services import access
from tokens.services.access import Actor

SCHEME = "bearer"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>` (RFC 6750 section 2.1); never from the query or a cookie.

    `request.user` becomes the person, `request.auth` the `Actor`.
    """

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != SCHEME or not token or " " in token:
            raise TokenInvalid(
                "Send the access token as: Authorization: Bearer <token>.", reason="invalid_token"
            )
        actor = access.actor_of(token, audience=access.api_audience(), now=clock.now())
        if actor.family.client_id != FIRST_PARTY_CLIENT_ID:  # whatever audience a client was given
            raise TokenInvalid("Tokens of clients do not open this API.", reason="invalid_token")
        context.bind_actor(session_id=actor.session.id, actor_id=actor.user.id)
        return actor.user, actor

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How openapi.json speaks of it; drf-spectacular finds the class by its base."""

    target_class = BearerAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def actor_of(request: Request) -> Actor:
    """The actor of a route that the policy table opens to bearer tokens only."""
    actor = request.auth
    if not isinstance(actor, Actor):
        raise PermissionError("the gate let a request without an access token through")
    return actor
