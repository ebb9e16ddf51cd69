"""Client metadata in RFC 7591's words: read from JSON, checked, written as the registration response."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from oauth import scopes
from oauth.errors import InvalidClientMetadata
from oauth.models import AUTH_METHODS, GRANT_TYPES, Client

T = TypeVar("T")
MAX_LIST = 50
RESPONSE_TYPES = ("code",)
DEFAULT_SCOPE = " ".join(scopes.STANDARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """What a client says of itself. Members we do not know are ignored (RFC 7591 section 2)."""

    client_name: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ()
    token_endpoint_auth_method: str = "client_secret_basic"
    scope: str = DEFAULT_SCOPE
    require_pkce: bool = True  # ours: off only for confidential clients that cannot do PKCE
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    contacts: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        return self.token_endpoint_auth_method == "none"


def from_json(data: object) -> ClientMetadata:
    """Check the JSON of a registration; raises `InvalidClientMetadata` with one clear sentence."""
    if not isinstance(data, dict):
        raise InvalidClientMetadata("the metadata must be a JSON object")
    given: dict[str, Any] = {}
    for field in fields(ClientMetadata):
        if data.get(field.name) is not None:
            given[field.name] = _typed(field.name, data[field.name], field.default)
    metadata = ClientMetadata(**given)
    for check in _CHECKS:
        check(metadata)
    return metadata


def to_json(client: Client, secret: str | None, *, issued_at: datetime) -> dict[str, Any]:
    """The registration response (RFC 7591 section 3.2.1)."""
    body: dict[str, Any] = {
        "client_id": client.client_id,
        "client_id_issued_at": int(issued_at.timestamp()),
        "client_name": client.name,
        "redirect_uris": client.redirect_uri_list,
        "post_logout_redirect_uris": client.post_logout_redirect_uri_list,
        "grant_types": client.grant_types,
        "response_types": list(RESPONSE_TYPES) if "authorization_code" in client.grant_types else [],
        "token_endpoint_auth_method": client.token_endpoint_auth_method,
        "scope": client.scope,
        "require_pkce": client.require_pkce,
        "contacts": client.contacts,
    }
    for name in ("client_uri", "logo_uri", "policy_uri", "tos_uri"):
        if value := getattr(client, name):
            body[name] = value
    if secret:
        body |= {"client_secret": secret, "client_secret_expires_at": 0}
    return body


def _typed(name: str, value: object, default: object) -> object:
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise InvalidClientMetadata(f"{name} must be true or false")
        return value
    if isinstance(default, str):
        if not isinstance(value, str) or not value.isprintable() or len(value) > 2000:
            raise InvalidClientMetadata(f"{name} must be a string")
        return value
    if not isinstance(value, list) or len(value) > MAX_LIST or not all(_is_word(item) for item in value):
        raise InvalidClientMetadata(f"{name} must be a list of at most {MAX_LIST} strings without spaces")
    return tuple(dict.fromkeys(value))


def _is_word(item: object) -> bool:
    return isinstance(item, str) and item.isprintable() and " " not in item and 0 < len(item) <= 2000


def _known_values(metadata: ClientMetadata) -> None:
    for name, known in (("grant_types", GRANT_TYPES), ("response_types", RESPONSE_TYPES)):
        if unknown := set(getattr(metadata, name)) - set(known):
            raise InvalidClientMetadata(
                f"{name}: {min(unknown)!r} is not supported; supported: {', '.join(known)}"
            )
    if metadata.token_endpoint_auth_method not in AUTH_METHODS:
        supported = ", ".join(AUTH_METHODS)
        raise InvalidClientMetadata(f"token_endpoint_auth_method must be one of: {supported}")


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


def _links_are_https(metadata: ClientMetadata) -> None:
    for name in ("client_uri", "logo_uri", "policy_uri", "tos_uri"):
        value = getattr(metadata, name)
        try:
            is_good = not value or (urlsplit(value).scheme == "https" and bool(urlsplit(value).hostname))
        except ValueError:
            is_good = False
        if not is_good:
            raise InvalidClientMetadata(f"{name} must be an https address")


_CHECKS = (_known_values, _grants_fit, _scopes_are_words, _links_are_https)
