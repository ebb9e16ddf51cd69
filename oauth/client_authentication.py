"""Who is the client? (RFC 6749 section 2.3, OpenID Connect Core section 9)"""

from base64 import b64decode
from datetime import datetime
from urllib.parse import unquote_plus

from django.db import transaction
from django.http import HttpRequest

from audit import services as audit
from core import limits, throttle
from core.errors import RateLimited
from oauth.errors import InvalidClient, OAuthError
from oauth.events import ClientAuthenticationFailed
from oauth.models import Client
from oauth.parameters import Parameters
from oauth.services import client_assertions, clients


def authenticate(request: HttpRequest, parameters: Parameters, *, now: datetime) -> Client:
    """The authenticated client: by assertion, Basic header or body, or public by its id alone.

    A client with a secret may send it either way, whichever it registered: both prove the same. Raises
    `InvalidClient`; past the limit of failures per network `RateLimited`.
    """
    if parameters.get("client_assertion") or parameters.get("client_assertion_type"):
        return _by_assertion(request, parameters, now=now)
    client_id, secret = _credentials(request, parameters)
    if not client_id:
        raise InvalidClient("Authenticate as a client: by HTTP Basic, or with client_id and client_secret.")
    client = clients.find_by_secret(client_id, secret, now=now) if secret else _find_public(client_id)
    if client is None:
        _count_failure(client_id, now=now)
        raise InvalidClient
    return client


def authenticate_confidential(request: HttpRequest, parameters: Parameters, *, now: datetime) -> Client:
    """The same for endpoints that a public client may not use (introspection)."""
    client = authenticate(request, parameters, now=now)
    if client.is_public:
        raise InvalidClient("This endpoint needs a client that authenticates.")
    return client


def _by_assertion(request: HttpRequest, parameters: Parameters, *, now: datetime) -> Client:
    """private_key_jwt (RFC 7523 section 2.2)."""
    if request.headers.get("Authorization") or parameters.get("client_secret"):
        raise OAuthError("invalid_request", "Authenticate in one way only: by assertion or by secret.")
    if parameters.get("client_assertion_type") != client_assertions.TYPE:
        raise OAuthError("invalid_request", f"client_assertion_type must be {client_assertions.TYPE}.")
    try:
        return client_assertions.authenticate(
            parameters.need("client_assertion"),
            client_id=parameters.get("client_id"),
            endpoint=request.path,
            now=now,
        )
    except InvalidClient:
        _count_failure(parameters.get("client_id"), now=now)
        raise


def _credentials(request: HttpRequest, parameters: Parameters) -> tuple[str, str]:
    """(client_id, secret); two ways at once are refused (section 2.3)."""
    header = request.headers.get("Authorization", "")
    body_id, body_secret = parameters.get("client_id"), parameters.get("client_secret")
    if not header:
        return body_id, body_secret
    client_id, secret = _basic(header)
    if body_secret or (body_id and body_id != client_id):
        raise OAuthError("invalid_request", "Authenticate in one way only: by header or in the body.")
    return client_id, secret


def _basic(header: str) -> tuple[str, str]:
    """Both parts are form-encoded before they are joined (section 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("The Authorization header must be HTTP Basic.")
    try:
        client_id, colon, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise InvalidClient("The Authorization header is malformed.") from None
    if not colon or not secret:
        raise InvalidClient("The Authorization header has no client secret.")
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if "\0" in client_id:  # which no database could look up
        raise InvalidClient("The Authorization header is malformed.")
    return client_id, secret


def _find_public(client_id: str) -> Client | None:
    client = clients.find_enabled(client_id)
    return client if client and client.is_public else None


def _count_failure(client_id: str, *, now: datetime) -> None:
    with transaction.atomic():
        audit.record(
            ClientAuthenticationFailed(actor_type="anonymous", client_id=client_id[:255], result="failure")
        )
    verdict = throttle.hit(limits.TOKEN_CLIENT_FAILURES_IP, throttle.visitor(), now=now)
    if not verdict.allowed:
        raise RateLimited("Too many failed attempts.", retry_after_seconds=verdict.retry_after_seconds)
