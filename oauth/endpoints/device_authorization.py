"""POST /oauth/device_authorization (RFC 8628 section 3.1): a device gets its codes."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core import clock, limits, throttle
from oauth import organizations, resources, scopes, user_codes
from oauth.client_authentication import authenticate
from oauth.endpoints.wire import answer, oauth_endpoint
from oauth.errors import OAuthError
from oauth.models import DEVICE_CODE, Client
from oauth.parameters import Parameters, from_form
from oauth.services import devices
from oauth.services.devices import Wanted
from tokens.services import access


@oauth_endpoint("POST")
def device_authorization(request: HttpRequest) -> HttpResponse:
    """The client authenticates as at the token endpoint; a public one is known by its client_id."""
    now = clock.now()
    parameters = from_form(request)
    client = authenticate(request, parameters, now=now)
    if DEVICE_CODE not in client.grant_types:
        raise OAuthError("unauthorized_client", "This client is not registered for the device code grant.")
    wanted = Wanted(_scope(client, parameters), _resources(client, parameters), _organization(parameters))
    throttle.require(limits.DEVICE_REQUEST, f"{client.client_id} {throttle.visitor()}", now=now)
    begun = devices.begin(client, wanted, now=now)
    page, shown = f"{settings.JANUA.base_url}/device", user_codes.shown(begun.user_code)
    return answer(
        {
            "device_code": begun.device_code,
            "user_code": shown,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={shown}",
            "expires_in": int(devices.LIFETIME.total_seconds()),
            "interval": devices.INTERVAL_SECONDS,
        }
    )


def _scope(client: Client, parameters: Parameters) -> str:
    """As at authorize (RFC 6749 section 3.3)."""
    asked = organizations.without_name(scopes.parse(parameters.get("scope")))
    if parameters.get("organization"):
        asked = tuple(dict.fromkeys((*asked, scopes.ORGANIZATION)))
    if beyond := [scope for scope in asked if scope not in client.scopes]:
        raise OAuthError("invalid_scope", f"This client may not ask for: {' '.join(beyond)}"[:200])
    return " ".join(asked)


def _organization(parameters: Parameters) -> str:
    """Whether it is the person's shows once one comes."""
    return organizations.named(scopes.parse(parameters.get("scope")), parameters.get("organization"))


def _resources(client: Client, parameters: Parameters) -> tuple[str, ...]:
    """As at authorize (RFC 8707 section 2.1); none asked for is the provider itself."""
    if not parameters.get("resource"):
        return ()
    return resources.chosen(parameters, (access.provider_audience(), *client.resources))
