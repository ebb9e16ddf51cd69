"""POST /oauth/revoke (RFC 7009)."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from core import clock
from core.errors import TokenInvalid
from oauth.client_authentication import authenticate
from oauth.endpoints.wire import oauth_endpoint
from oauth.models import Client
from oauth.parameters import from_form
from tokens.services import access, jwt, refresh


@oauth_endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """End a token of the client. The answer is 200 whatever the token was (section 2.2)."""
    now = clock.now()
    parameters = from_form(request)
    client = authenticate(request, parameters, now=now)
    token = parameters.need("token")
    if token.startswith(refresh.PREFIX):
        _revoke_refresh_token(token, client, now=now)
    else:
        _revoke_access_token(token, client, now=now)
    response = HttpResponse(status=200)
    del response["Content-Type"]  # of nothing: oidc-client-ts takes Django's text/html for a failure
    return response


@transaction.atomic
def _revoke_refresh_token(token: str, client: Client, *, now: datetime) -> None:
    """With a refresh token its whole family ends (section 2.1)."""
    family = refresh.find_family(token)
    if family and family.client_id == client.client_id:
        refresh.revoke_family(family, reason="revoked_by_client", now=now)


def _revoke_access_token(token: str, client: Client, *, now: datetime) -> None:
    try:
        claims = jwt.verify(token, jwt.ACCESS_TOKEN, audiences=None, now=now)
    except TokenInvalid:
        return
    if claims["client_id"] == client.client_id:
        access.revoke_access_token(claims)
