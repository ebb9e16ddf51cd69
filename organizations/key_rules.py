"""What a new key may be: its scopes, the networks it works from, its end. Pure, but for the names of apps' permissions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import ValidationFailed
from organizations.models import AppPermission
from organizations.permissions import Permission

MAX_NETWORKS = 20
MAX_SCOPES = 100
NEVER = frozenset({Permission.ORGANIZATION_DELETE, Permission.ORGANIZATION_TRANSFER})
"""What asks for a person in any case: a key that said so would promise what it cannot do."""


def known_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes, each once and in order; raises `ValidationFailed` for what is no permission of Janua or an app."""
    asked = sorted(set(scopes))
    if not asked or len(asked) > MAX_SCOPES:
        raise _refused("scopes", _("Choose what the key may do."), "scope_missing")
    of_apps = [scope for scope in asked if scope not in {each.value for each in Permission}]
    found = AppPermission.objects.filter(name__in=of_apps).count() if of_apps else 0
    if found != len(of_apps) or NEVER & set(asked):
        raise _refused("scopes", _("There is no such permission for keys."), "unknown_scope")
    return asked


def clean_networks(networks: Iterable[str]) -> list[str]:
    """The networks in canonical form; a single address is a network of one. Raises `ValidationFailed`."""
    asked = list(networks)
    if len(asked) > MAX_NETWORKS:
        raise _refused("networks", _("These are too many networks."), "too_many_networks")
    return sorted({str(_network(text)) for text in asked})


def comes_from(networks: list[str], ip: str) -> bool:
    """Whether a key of these networks works from that address; one without networks works from everywhere."""
    if not networks:
        return True
    address = _address(ip)
    return address is not None and any(address in ip_network(network) for network in networks)


def latest_end(now: datetime) -> datetime | None:
    """When a key of today ends at the latest, by API_KEY_MAX_DAYS."""
    days = settings.JANUA.api_key_max_days
    return now + timedelta(days=days) if days else None


def end_of(asked: datetime | None, *, now: datetime) -> datetime | None:
    """When the key ends; raises `ValidationFailed` for the past and for more than the option lets."""
    latest = latest_end(now)
    if asked is None:
        return latest
    if asked <= now:
        raise _refused("expires_at", _("This moment has passed."), "bad_expiry")
    if latest is not None and asked > latest:
        raise _refused(
            "expires_at",
            _("Keys live for at most {n} days here.").format(n=settings.JANUA.api_key_max_days),
            "bad_expiry",
        )
    return asked


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        raise _refused(
            "networks", _("This is no network. Write it like 192.0.2.0/24."), "bad_network"
        ) from None


def _address(ip: str) -> IPv4Address | IPv6Address | None:
    """IPv4 inside IPv6 is IPv4: a proxy that listens on both must not lock a key out."""
    try:
        address = ip_address(ip)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _refused(field: str, sentence: str, reason: str) -> ValidationFailed:
    return ValidationFailed(sentence, reason=reason, details={field: [sentence]})
