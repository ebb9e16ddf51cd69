"""Redirect URIs: what may be registered, and what equals a registered one."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from oauth.errors import InvalidClientMetadata

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
PRIVATE_USE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")  # reverse domain, RFC 8252 section 7.1
# A name or an IPv6 address and nothing else: the host goes into our Content-Security-Policy.
HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
MAX_LENGTH = 2000


def require_registrable(uri: str, *, is_public: bool) -> None:
    """https; http on loopback; for native (public) clients also a private-use scheme. Raises `InvalidClientMetadata`."""
    parts = _split(uri)
    if parts is None or len(uri) > MAX_LENGTH:
        raise _refused(uri, "is not an absolute URI")
    if "#" in uri:
        raise _refused(uri, "has a fragment, which RFC 6749 section 3.1.2 forbids")
    if parts.username is not None or parts.password is not None:
        raise _refused(uri, "has user information")
    if parts.scheme == "https" and HOST.fullmatch(parts.hostname or ""):
        return
    if parts.scheme == "http" and parts.hostname in LOOPBACK_NAMES:
        return
    if is_public and PRIVATE_USE_SCHEME.fullmatch(parts.scheme) and not parts.netloc:
        return
    raise _refused(uri, "must be https, http on a loopback host, or (public clients) com.example.app:/path")


def is_registered(uri: str, registered: list[str]) -> bool:
    """Equality of the raw string; only a loopback IP's port may differ (RFC 8252 section 7.3)."""
    return uri in registered or any(_differs_in_loopback_port_only(uri, known) for known in registered)


def is_absolute(uri: str) -> bool:
    """Whether it is an absolute URI at all, of printable ASCII."""
    parts = _split(uri)
    return parts is not None and len(uri) <= MAX_LENGTH and bool(parts.netloc or parts.path)


def origin_of(uri: str) -> str:
    """The origin for form-action; a private-use scheme stands for itself."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def is_claimed_https(uri: str) -> bool:
    """Whether only the registered owner of the address can receive what is sent there."""
    return uri.startswith("https://")


def _differs_in_loopback_port_only(uri: str, known: str) -> bool:
    asked, have = _split(uri), _split(known)
    if asked is None or have is None or asked.scheme != "http" or not _is_loopback_ip(have.hostname):
        return False
    if asked.username is not None or asked.fragment or uri.endswith("#"):
        return False
    return (asked.scheme, asked.hostname, asked.path, asked.query) == (
        have.scheme,
        have.hostname,
        have.path,
        have.query,
    )


def _is_loopback_ip(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def _split(uri: str) -> SplitResult | None:
    if not uri.isascii() or not uri.isprintable() or any(character in uri for character in ' \\"<>'):
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme else None


def _refused(uri: str, why: str) -> InvalidClientMetadata:
    return InvalidClientMetadata(f"redirect URI {uri[:200]!r} {why}", error="invalid_redirect_uri")
