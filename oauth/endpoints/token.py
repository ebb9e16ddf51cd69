"""POST /oauth/token: client authentication, then the grant; one transaction (RFC 6749 section 3.2)."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from core import clock
from oauth.client_authentication import authenticate
from oauth.endpoints.wire import answer, oauth_endpoint
from oauth.errors import OAuthError
from oauth.grants import Grant, NotGranted, authorization_code, client_credentials, device_code, refresh_token
from oauth.models import DEVICE_CODE
from oauth.parameters import from_form

GRANTS: dict[str, Grant] = {
    "authorization_code": authorization_code.grant,
    "refresh_token": refresh_token.grant,
    "client_credentials": client_credentials.grant,
    DEVICE_CODE: device_code.grant,
}


@oauth_endpoint("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Tokens for a code, a refresh token, a device, or the client itself."""
    now = clock.now()
    parameters = from_form(request)
    grant_type = parameters.need("grant_type")
    grant = GRANTS.get(grant_type)
    if grant is None:
        raise OAuthError("unsupported_grant_type", f"Supported grant types: {', '.join(GRANTS)}.")
    client = authenticate(request, parameters, now=now)
    if grant_type not in client.grant_types:
        raise OAuthError(
            "unauthorized_client", f"This client is not registered for the grant type {grant_type}."
        )
    with transaction.atomic():
        granted = grant(client, parameters, now)
    if isinstance(granted, NotGranted):
        raise OAuthError(granted.error, granted.description)
    return answer(
        {
            "access_token": granted.access_token,
            "token_type": "Bearer",
            "expires_in": granted.expires_in,
            "scope": granted.scope,
            **granted.more,
        }
    )
