"""Client metadata in RFC 7591's words: read from JSON, checked, written as the registration response."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, get_type_hints

from oauth import scopes
from oauth.errors import InvalidClientMetadata
from oauth.models import Client

MAX_LIST = 50
MAX_TEXT = 2000
MAX_OBJECT = 16 * 1024
RESPONSE_TYPES = ("code",)
DEFAULT_SCOPE = " ".join(scopes.STANDARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """What a client says of itself. Members we do not know are ignored (RFC 7591 section 2).

    Ours, beside the registered names: `require_pkce` (off only for confidential clients that cannot do
    PKCE), `resources`, `claim_mapping`, `publisher` and the lifetimes, in seconds.
    """

    client_name: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ()
    token_endpoint_auth_method: str = "client_secret_basic"
    scope: str = DEFAULT_SCOPE
    require_pkce: bool = True
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    contacts: tuple[str, ...] = ()
    publisher: str = ""
    jwks: dict[str, Any] = field(default_factory=dict)
    jwks_uri: str = ""
    request_uris: tuple[str, ...] = ()
    request_object_signing_alg: str = ""
    require_signed_request_object: bool = False
    id_token_signed_response_alg: str = "RS256"
    userinfo_signed_response_alg: str = ""
    subject_type: str = "public"
    sector_identifier_uri: str = ""
    default_max_age: int | None = None
    default_acr_values: tuple[str, ...] = ()
    require_auth_time: bool = False
    access_token_lifetime_seconds: int | None = None
    id_token_lifetime_seconds: int | None = None
    refresh_token_lifetime_seconds: int | None = None
    resources: tuple[str, ...] = ()
    claim_mapping: dict[str, Any] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        return self.token_endpoint_auth_method == "none"


def from_json(data: object, *, base: ClientMetadata | None = None) -> ClientMetadata:
    """Read the JSON of a registration, or of a change to `base`; raises `InvalidClientMetadata`.

    A member that is null goes back to its default (RFC 7592 section 2.2). What the values mean together
    is judged by `oauth.metadata_checks`.
    """
    if not isinstance(data, dict):
        raise InvalidClientMetadata("the metadata must be a JSON object")
    given = asdict(base) if base else {}
    for each in fields(ClientMetadata):
        if each.name in data:
            value = data[each.name]
            given.pop(each.name, None)
            if value is not None:
                given[each.name] = _readers()[each.name](each.name, value)
    return ClientMetadata(**given)


def of_client(client: Client) -> ClientMetadata:
    """The metadata that a registered client has now."""
    values: dict[str, Any] = {
        each.name: getattr(client, each.name) for each in fields(ClientMetadata) if hasattr(client, each.name)
    }
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return ClientMetadata(
        **{
            **values,
            **lists,
            "client_name": client.name,
            "redirect_uris": tuple(client.redirect_uri_list),
            "post_logout_redirect_uris": tuple(client.post_logout_redirect_uri_list),
            "response_types": RESPONSE_TYPES if "authorization_code" in client.grant_types else (),
        }
    )


def apply_to(client: Client, metadata: ClientMetadata) -> None:
    """Write the metadata into the client's row, which is not saved."""
    client.name = metadata.client_name
    client.client_type = Client.CLIENT_PUBLIC if metadata.is_public else Client.CLIENT_CONFIDENTIAL
    client.redirect_uris = " ".join(metadata.redirect_uris)
    client.post_logout_redirect_uris = " ".join(metadata.post_logout_redirect_uris)
    kept_elsewhere = {"client_name", "redirect_uris", "post_logout_redirect_uris", "response_types"}
    for each in fields(ClientMetadata):
        if each.name not in kept_elsewhere:
            value = getattr(metadata, each.name)
            setattr(client, each.name, list(value) if isinstance(value, tuple) else value)


def to_json(client: Client, secret: str | None, *, issued_at: datetime) -> dict[str, Any]:
    """The registration response (RFC 7591 section 3.2.1); empty members are left out."""
    members = asdict(of_client(client))
    always = {"redirect_uris", "post_logout_redirect_uris", "grant_types", "response_types", "contacts"}
    body: dict[str, Any] = {
        "client_id": client.client_id,
        "client_id_issued_at": int(issued_at.timestamp()),
    }
    for name, value in members.items():
        if name in always or value not in ("", (), {}, None):
            body[name] = list(value) if isinstance(value, tuple) else value
    if secret:
        body |= {"client_secret": secret, "client_secret_expires_at": 0}
    return body


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > MAX_TEXT:
        raise InvalidClientMetadata(f"{name} must be a string")
    return value


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidClientMetadata(f"{name} must be true or false")
    return value


def _number(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise InvalidClientMetadata(f"{name} must be a number of seconds")
    return value


def _words(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_LIST or not all(_is_word(item) for item in value):
        raise InvalidClientMetadata(f"{name} must be a list of at most {MAX_LIST} strings without spaces")
    return tuple(dict.fromkeys(value))


def _is_word(item: object) -> bool:
    return isinstance(item, str) and item.isprintable() and " " not in item and 0 < len(item) <= MAX_TEXT


def _object(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or len(str(value)) > MAX_OBJECT or "\\x00" in repr(value):
        raise InvalidClientMetadata(f"{name} must be a JSON object of at most {MAX_OBJECT} characters")
    return value


@cache
def _readers() -> dict[str, Callable[[str, object], Any]]:
    """The reader of each member, by its type."""
    by_type: dict[object, Callable[[str, object], Any]] = {
        str: _text,
        bool: _truth,
        int | None: _number,
        tuple[str, ...]: _words,
        dict[str, Any]: _object,
    }
    return {name: by_type[kind] for name, kind in get_type_hints(ClientMetadata).items()}
