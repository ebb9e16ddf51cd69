"""Where an outbound request may go: the URL, read strictly, and the addresses its host has (rule 16)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], list[str]]
"""Host and port to the textual addresses the host has; raises OSError."""

MAX_URL_LENGTH = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}
URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][!$-;=?-Z_a-z~%\[\]@&'()*+,]*)?",
    re.ASCII | re.IGNORECASE,
)
# Spellings of an IPv4 address that only resolvers understand: 127.1, 2130706433, 0x7f.1
ODD_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
# Services that speak something else than HTTP and can be hurt by it, or must not be asked by strangers.
SERVICE_PORTS = frozenset(
    {
        1433,
        1521,
        2049,
        2181,
        2375,
        2376,
        2379,
        2380,
        3306,
        3389,
        4369,
        5432,
        5671,
        5672,
        5900,
        5901,
        6000,
        6379,
        6380,
        6432,
        6443,
        6667,
        9042,
        9092,
        9200,
        9300,
        10250,
        10255,
        11211,
        26379,
        27017,
        27018,
        27019,
    }
)
GLOBAL_UNICAST = IPv6Network("2000::/3")  # leaves out mapped, NAT64, unique local, link-local, multicast
TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo and 6to4 hide an IPv4 address
RELAY = IPv4Network("192.88.99.0/24")


class OutboundError(Exception):
    """The request was not made, or its answer is of no use. `reason` is a sentence for people.

    `may_have_arrived`: the server may have done what was asked, although we do not know its answer.
    """

    def __init__(self, reason: str, *, may_have_arrived: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_have_arrived = may_have_arrived


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts; `host` in lower case, an IPv6 address without its brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header's value (RFC 9110 section 7.2): the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def parse(url: str) -> Target:
    """Read the URL. Anything two parsers might read in two ways is refused."""
    if len(url) > MAX_URL_LENGTH:
        raise OutboundError(f"The URL is longer than {MAX_URL_LENGTH} characters.")
    found = URL.fullmatch(url)
    if found is None:
        raise OutboundError(
            "The URL must be like https://example.com/path, without user name, fragment or spaces."
        )
    scheme, host = found["scheme"].lower(), found["host"].lower().strip("[]")
    if ":" not in host and ODD_NUMBER.fullmatch(host) and not _is_address(host):
        raise OutboundError("The URL's host is not a name, and not an IP address in its usual form.")
    port = int(found["port"]) if found["port"] else DEFAULT_PORTS[scheme]
    _require_web_port(scheme, port)
    path = found["target"] or "/"
    return Target(scheme, host, port, path if path.startswith("/") else f"/{path}")


def checked_addresses(target: Target, resolve: Resolver, allowed: tuple[Network, ...]) -> list[Address]:
    """The host's addresses, asked once; every one of them must be fit to connect to."""
    try:
        addresses = [ip_address(text) for text in resolve(target.host, target.port)]
    except (OSError, ValueError):
        addresses = []
    if not addresses:
        raise OutboundError("The URL's host has no address.")
    is_inside = [any(address in network for network in allowed) for address in addresses]
    if not all(inside or is_public(address) for address, inside in zip(addresses, is_inside, strict=True)):
        raise OutboundError(
            "The URL's host is not on the public internet, nor in a network of OUTBOUND_ALLOW."
        )
    if target.scheme == "http" and not all(is_inside):
        raise OutboundError("The URL must begin with https://.")
    return addresses


def is_public(address: Address) -> bool:
    """Whether the address belongs to exactly one host on the public internet."""
    if not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return not address.is_multicast and not address.is_reserved and address not in RELAY
    return address in GLOBAL_UNICAST and not any(address in tunnel for tunnel in TUNNELS)


def _require_web_port(scheme: str, port: int) -> None:
    is_unprivileged = 1024 <= port <= 65535 and port not in SERVICE_PORTS
    if port != DEFAULT_PORTS[scheme] and not is_unprivileged:
        raise OutboundError(f"The URL's port {port} is not one that Janua calls.")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
