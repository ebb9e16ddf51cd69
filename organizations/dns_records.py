"""TXT records, asked of a resolver (DNS_RESOLVER, or the system's)."""

from enum import StrEnum

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
from django.conf import settings

TIMEOUT_SECONDS = 3.0
CHALLENGE = "_janua-challenge"
VALUE = "janua-verification="


class Answer(StrEnum):
    FOUND = "found"
    ABSENT = "absent"
    UNREACHABLE = "unreachable"


def host_of(domain: str) -> str:
    """Where the record stands that proves a domain. One at its parent proves the parent."""
    return f"{CHALLENGE}.{domain}"


def value_of(token: str) -> str:
    """What it says."""
    return f"{VALUE}{token}"


def look_up(domain: str, token: str) -> Answer:
    """Whether the domain's record stands there now; at most 3 seconds. Not inside a transaction."""
    try:
        resolver = _resolver()
        # Absolute, so that no search list of this machine is tried. A CNAME is followed: whoever set it decides.
        name = dns.name.from_text(host_of(domain), origin=dns.name.root)
        found = resolver.resolve(name, dns.rdatatype.TXT, search=False, lifetime=TIMEOUT_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.NameTooLong):
        return Answer.ABSENT
    except (dns.exception.DNSException, OSError):
        return Answer.UNREACHABLE
    # One record may come in several strings, which belong together (RFC 7208 section 3.3 says it for SPF).
    said = {b"".join(record.strings).strip() for record in found}
    return Answer.FOUND if value_of(token).encode() in said else Answer.ABSENT


def _resolver() -> dns.resolver.Resolver:
    """Without a cache: who has just set the record tries again at once."""
    chosen = settings.JANUA.dns_resolver_at
    resolver = dns.resolver.Resolver(configure=chosen is None)
    if chosen is not None:
        address, resolver.port = chosen
        resolver.nameservers = [address]
    return resolver
