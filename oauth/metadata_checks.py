"""What client metadata must be, taken together. Each check is a sentence; the first that fails is told."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from accounts.levels import ACR_VALUES
from core import outbound
from core.outbound import OutboundError
from oauth import claim_mapping, organizations, redirect_uris
from oauth.errors import InvalidClientMetadata
from oauth.metadata import RESPONSE_TYPES, ClientMetadata
from oauth.models import AUTH_METHODS, DEVICE_CODE, GRANT_TYPES, Client
from tokens.services import access, foreign_jwt, keys

MAX_TOKEN_LIFETIME = 86_400
MAX_REFRESH_LIFETIME = 366 * 86_400
MIN_LIFETIME = 30


def check(metadata: ClientMetadata) -> None:
    """Raises `InvalidClientMetadata` with one clear sentence. Asks no other server."""
    for holds in _CHECKS:
        holds(metadata)


def _values_are_known(metadata: ClientMetadata) -> None:
    for name, known in (
        ("grant_types", GRANT_TYPES),
        ("response_types", RESPONSE_TYPES),
        ("default_acr_values", ACR_VALUES),
    ):
        if unknown := set(getattr(metadata, name)) - set(known):
            raise InvalidClientMetadata(
                f"{name}: {min(unknown)!r} is not supported; supported: {', '.join(known)}"
            )
    one_of: dict[str, Sequence[str]] = {
        "token_endpoint_auth_method": AUTH_METHODS,
        "id_token_signed_response_alg": keys.SIGNING_ALGORITHMS,
        "userinfo_signed_response_alg": ("", *keys.SIGNING_ALGORITHMS),
        "request_object_signing_alg": ("", *foreign_jwt.ALGORITHMS),
        "subject_type": Client.SubjectType.values,
    }
    for name, values in one_of.items():
        if getattr(metadata, name) not in values:
            raise InvalidClientMetadata(f"{name} must be one of: {', '.join(filter(None, values))}")


def _grants_fit(metadata: ClientMetadata) -> None:
    if not metadata.grant_types:
        raise InvalidClientMetadata("grant_types must name at least one grant type")
    if metadata.is_public and "client_credentials" in metadata.grant_types:
        raise InvalidClientMetadata("a public client cannot have the client_credentials grant")
    if metadata.is_public and not metadata.require_pkce:
        raise InvalidClientMetadata("a public client always needs PKCE")
    if "code" in metadata.response_types and "authorization_code" not in metadata.grant_types:
        raise InvalidClientMetadata("response_types has code, so grant_types must have authorization_code")
    if metadata.grant_types == ("refresh_token",):
        raise InvalidClientMetadata("refresh_token alone gives no first token; add authorization_code")


def _scopes_are_words(metadata: ClientMetadata) -> None:
    if not metadata.scope.isascii() or any(c in metadata.scope for c in '"\\'):
        raise InvalidClientMetadata("scope has characters that RFC 6749 section 3.3 does not allow")


def _organizations_are_asked_for_later(metadata: ClientMetadata) -> None:
    if any(scope.startswith(organizations.PREFIX) for scope in metadata.scope.split()):
        raise InvalidClientMetadata("scope: register for organization; which one, each request says")


def _links_are_https(metadata: ClientMetadata) -> None:
    for name in ("client_uri", "logo_uri", "policy_uri", "tos_uri"):
        value = getattr(metadata, name)
        if value and not _is_https(value):
            raise InvalidClientMetadata(f"{name} must be an https address")


def _addresses_that_we_fetch_are_public(metadata: ClientMetadata) -> None:
    """Judged at registration and again at every fetch: names move (rule 16)."""
    fetched = {
        "jwks_uri": (metadata.jwks_uri,),
        "sector_identifier_uri": (metadata.sector_identifier_uri,),
        "request_uris": metadata.request_uris,
    }
    for name, addresses in fetched.items():
        try:
            outbound.check(*(address.partition("#")[0] for address in addresses if address))
        except OutboundError as error:
            raise InvalidClientMetadata(f"{name}: {error}") from None


def _keys_are_usable(metadata: ClientMetadata) -> None:
    """OpenID Connect Registration 1.0 section 2: by value or by reference, and there when they are needed."""
    if metadata.jwks and metadata.jwks_uri:
        raise InvalidClientMetadata("jwks and jwks_uri must not both be given")
    if metadata.jwks:
        try:
            foreign_jwt.require_public_keys(metadata.jwks)
        except ValueError as error:
            raise InvalidClientMetadata(f"jwks: {error}") from None
    needs_keys = (
        metadata.token_endpoint_auth_method == "private_key_jwt" or metadata.require_signed_request_object
    )
    if needs_keys and not (metadata.jwks or metadata.jwks_uri):
        raise InvalidClientMetadata("private_key_jwt and signed request objects need jwks or jwks_uri")


def _sector_is_clear(metadata: ClientMetadata) -> None:
    """OpenID Connect Core section 8.1: redirect URIs of several hosts need a sector identifier."""
    if metadata.subject_type != "pairwise" or metadata.sector_identifier_uri:
        return
    if DEVICE_CODE in metadata.grant_types:  # a sector of its own (oauth.services.sectors)
        return
    hosts = {urlsplit(uri).hostname for uri in metadata.redirect_uris}
    if len(hosts) != 1 or None in hosts:
        raise InvalidClientMetadata(
            "pairwise subjects need a sector_identifier_uri, unless all redirect_uris have one and the same host"
        )


def _lifetimes_are_sane(metadata: ClientMetadata) -> None:
    for name, longest in (
        ("access_token_lifetime_seconds", MAX_TOKEN_LIFETIME),
        ("id_token_lifetime_seconds", MAX_TOKEN_LIFETIME),
        ("refresh_token_lifetime_seconds", MAX_REFRESH_LIFETIME),
    ):
        value = getattr(metadata, name)
        if value is not None and not MIN_LIFETIME <= value <= longest:
            raise InvalidClientMetadata(f"{name} must be {MIN_LIFETIME} to {longest} seconds")


def _resources_are_absolute(metadata: ClientMetadata) -> None:
    """RFC 8707 section 2: absolute URIs without a fragment."""
    for resource in metadata.resources:
        if not redirect_uris.is_absolute(resource) or "#" in resource:
            raise InvalidClientMetadata(
                f"resources: {resource[:200]!r} is not an absolute URI without fragment"
            )
        if resource == access.api_audience():
            raise InvalidClientMetadata("resources: Janua's own API takes no tokens of clients")


def _claims_have_sources(metadata: ClientMetadata) -> None:
    try:
        claim_mapping.check(metadata.claim_mapping)
    except ValueError as error:
        raise InvalidClientMetadata(f"claim_mapping: {error}") from None


def _is_https(value: str) -> bool:
    try:
        return urlsplit(value).scheme == "https" and bool(urlsplit(value).hostname)
    except ValueError:
        return False


_CHECKS: tuple[Callable[[ClientMetadata], None], ...] = (
    _values_are_known,
    _grants_fit,
    _scopes_are_words,
    _organizations_are_asked_for_later,
    _links_are_https,
    _keys_are_usable,
    _sector_is_clear,
    _lifetimes_are_sane,
    _resources_are_absolute,
    _claims_have_sources,
    _addresses_that_we_fetch_are_public,
)
