"""Which names may be an organization's mail domain, in the one form that addresses have too."""

from functools import cache
from ipaddress import ip_address
from pathlib import Path

from django.utils.translation import gettext as _

from accounts import emails
from core.errors import ValidationFailed

FIELD = "name"
DATA = Path(__file__).parent / "data"


def canonical(text: str) -> str:
    """The name as an A-label in lower case, exactly as `accounts.emails` writes it behind the `@` (RFC 5891).

    IP addresses and single labels are no mail domains, and public suffixes and free mail providers are no
    organization's: raises `ValidationFailed`.
    """
    name = find_a_label(text)
    if name is None:
        raise _refused(_("Enter a domain like example.com."), "invalid_domain")
    if is_public_suffix(name):
        raise _refused(
            _("Anybody may have a name under this domain, so it cannot be yours."), "public_suffix"
        )
    if name in _lines_of("free_mail.txt"):
        raise _refused(_("Anybody may have an address at this domain, so it cannot be yours."), "free_mail")
    return name


def find_a_label(text: str) -> str | None:
    """The same form of any domain, whoever's it is; None for what is none."""
    address = emails.find_canonical(f"postmaster@{text.strip()}") if "@" not in text else None
    name = emails.domain_of(address) if address else ""
    return None if "." not in name or _is_ip_address(name) else name


def is_public_suffix(name: str) -> bool:
    """Whether names are registered directly under this one (the algorithm of publicsuffix.org)."""
    rules = _lines_of("public_suffixes.txt")
    if f"!{name}" in rules:
        return False
    return name in rules or f"*.{name.partition('.')[2]}" in rules


def _is_ip_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return name.rpartition(".")[2].isdigit()
    return True


@cache
def _lines_of(file: str) -> frozenset[str]:
    lines = (DATA / file).read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _refused(sentence: str, reason: str) -> ValidationFailed:
    return ValidationFailed(sentence, reason=reason, details={FIELD: [sentence]})
