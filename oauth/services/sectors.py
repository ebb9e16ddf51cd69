"""Sector identifiers: the hosts whose clients know a person by one and the same pairwise subject."""

import json
from urllib.parse import urlsplit

from core import outbound
from core.outbound import OutboundError
from oauth import redirect_uris
from oauth.errors import InvalidClientMetadata
from oauth.metadata import ClientMetadata
from oauth.models import DEVICE_CODE

MAX_BYTES = 64 * 1024


def find(metadata: ClientMetadata, client_id: str) -> str:
    """The sector of a client (OpenID Connect Core section 8.1); nothing for public subjects.

    A host stands for who its redirect URIs hand codes to. A client that gets tokens without any (device
    codes), or on whatever loopback it runs, proves no host, and is a sector of its own. The document at `sector_identifier_uri` is fetched and must list every redirect URI (OpenID Connect
    Registration section 5). Raises `InvalidClientMetadata`. Not inside a transaction.
    """
    if metadata.subject_type != "pairwise":
        return ""
    if DEVICE_CODE in metadata.grant_types:
        return client_id
    if metadata.sector_identifier_uri:
        missing = set(metadata.redirect_uris) - _listed(metadata.sector_identifier_uri)
        if missing:
            raise InvalidClientMetadata(f"sector_identifier_uri: its document does not list {min(missing)!r}")
        return urlsplit(metadata.sector_identifier_uri).hostname or ""
    is_proven = all(map(redirect_uris.is_claimed_https, metadata.redirect_uris))
    return urlsplit(metadata.redirect_uris[0]).hostname or "" if is_proven else client_id


def _listed(uri: str) -> set[str]:
    try:
        answer = outbound.fetch(uri, max_bytes=MAX_BYTES)
    except OutboundError as error:
        raise InvalidClientMetadata(f"sector_identifier_uri: {error}") from None
    if answer.status != 200:
        raise InvalidClientMetadata(f"sector_identifier_uri: the server answered {answer.status}")
    try:
        listed = json.loads(answer.body)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise InvalidClientMetadata("sector_identifier_uri: its document is not a JSON list of addresses")
    return set(listed)
