"""grant_type=client_credentials (RFC 6749 section 4.4)."""

from datetime import datetime

from audit import services as audit
from oauth import resources, scopes
from oauth.errors import OAuthError
from oauth.grants import Granted
from oauth.models import Client
from oauth.parameters import Parameters
from tokens.events import TokensIssued
from tokens.services import access

OF_PEOPLE = frozenset(scopes.OF_PEOPLE)  # these scopes speak of a person, and there is none here

FOR_NOBODY = (
    "A client by itself is in no organization. A program works in one with an API key of a service account."
)


def grant(client: Client, parameters: Parameters, now: datetime) -> Granted:
    if client.is_public:
        raise OAuthError("unauthorized_client", "A public client cannot act for itself.")
    if parameters.get("organization"):
        raise OAuthError("invalid_request", FOR_NOBODY)
    asked = scopes.parse(parameters.get("scope"))
    own = tuple(scope for scope in scopes.parse(client.scope) if scope not in OF_PEOPLE)
    if not set(asked) <= set(own):
        raise OAuthError("invalid_scope", "This client may not ask for that scope by itself.")
    scope = " ".join(asked or own)
    minted = access.mint_for_client(
        client_id=client.client_id,
        audience=_audience(client, parameters),
        scope=scope,
        lifetime_seconds=client.access_token_lifetime_seconds,
        now=now,
    )
    audit.record(
        TokensIssued(
            actor_type="client",
            client_id=client.client_id,
            target_type="client",
            target_id=client.client_id,
            grant_type="client_credentials",
            scope=scope,
        )
    )
    return Granted(minted.token, minted.expires_in, scope)


def _audience(client: Client, parameters: Parameters) -> tuple[str, ...]:
    """RFC 8707: what the request names, of what the client is registered for; else the provider itself."""
    provider = access.provider_audience()
    if not parameters.get("resource"):
        return (provider,)
    return resources.chosen(parameters, (provider, *client.resources))
