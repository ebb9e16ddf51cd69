"""DRF's authentication of a registered client, for those of our JSON endpoints that serve other services."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core import clock
from oauth.client_authentication import authenticate_confidential
from oauth.errors import OAuthError
from oauth.models import Client
from oauth.parameters import MAX_VALUE_LENGTH, Parameters

CHALLENGE = 'Basic realm="janua", charset="UTF-8"'
IN_BODY = ("client_assertion", "client_assertion_type")


class ClientAuthentication(BaseAuthentication):
    """HTTP Basic with the client's secret, or a signed assertion in the body (RFC 6749 section 2.3, RFC 7523).

    `request.auth` becomes the client; without one nobody passes. A public client is nobody.
    """

    def authenticate(self, request: Request) -> tuple[None, Client]:
        try:
            client = authenticate_confidential(request._request, _in_body(request), now=clock.now())
        except OAuthError as error:
            raise AuthenticationFailed(error.description) from None
        return None, client

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class ClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ClientAuthentication
    name = "clientSecret"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "basic"}


def client_of(request: Request) -> Client:
    """The client of a route that this class guards."""
    client: Any = request.auth
    if not isinstance(client, Client):
        raise PermissionError("a request without a client was let through")
    return client


def _in_body(request: Request) -> Parameters:
    if request.headers.get("Authorization") or "json" not in (request.content_type or ""):
        return Parameters({})
    body: Any = request.data
    given = {name: body.get(name) for name in IN_BODY}
    return Parameters({k: v for k, v in given.items() if isinstance(v, str) and len(v) <= MAX_VALUE_LENGTH})
