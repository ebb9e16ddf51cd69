"""The values of a policy in the one form in which they are kept; raises `ValidationFailed` for what is none."""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from typing import Any

from django.utils.translation import gettext as _

from core.errors import ValidationFailed
from organizations import domain_names, sign_in_methods

MAX_ENTRIES = 100
MAX_SESSION_HOURS = 24 * 365
MAX_INVITATION_DAYS = 90


def canonical(changes: Mapping[str, Any], *, present_methods: Iterable[str] = ()) -> dict[str, Any]:
    """The changes, each list without repetitions and in order. `present_methods` may stay, whoever switched them off."""
    judges: dict[str, Callable[[Iterable[str]], list[str]]] = {
        "networks": networks,
        "email_domains": email_domains,
        "sign_in_methods": lambda given: methods(given, present=present_methods),
    }
    return {name: judges[name](value) if name in judges else value for name, value in changes.items()}


def networks(given: Iterable[str]) -> list[str]:
    """As CIDRs; a single address is a network of one. One with bits set behind its mask is a mistake, not a network."""
    found = set()
    for text in given:
        try:
            found.add(ip_network(text.strip()))
        except ValueError:
            sentence = _("This is no network: %(text)s. Write it like 192.0.2.0/24 or 2001:db8::/32.")
            raise _refused("networks", sentence % {"text": text[:50]}) from None
    _require_few("networks", found)
    return [
        str(each)
        for each in sorted(found, key=lambda each: (each.version, int(each.network_address), each.prefixlen))
    ]


def email_domains(given: Iterable[str]) -> list[str]:
    """As A-labels. A free mail provider's is as good as any: people of a club have addresses there."""
    found = set()
    for text in given:
        name = domain_names.find_a_label(text)
        if name is None:
            raise _refused("email_domains", _("This is no domain: %(text)s.") % {"text": text[:50]})
        found.add(name)
    _require_few("email_domains", found)
    return sorted(found)


def methods(given: Iterable[str], *, present: Iterable[str] = ()) -> list[str]:
    found = set(given)
    unknown = found - set(sign_in_methods.known()) - set(present)
    if unknown:
        sentence = _("There is no such way to sign in here: %(name)s.") % {"name": min(unknown)[:50]}
        raise _refused("sign_in_methods", sentence)
    return sorted(found)


def _require_few(field: str, found: Iterable[Any]) -> None:
    if len(list(found)) > MAX_ENTRIES:
        raise _refused(field, _("There are more than 100 of them."))


def _refused(field: str, sentence: str) -> ValidationFailed:
    return ValidationFailed(sentence, reason="invalid_policy", details={field: [sentence]})
