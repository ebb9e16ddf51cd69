"""The scopes of the provider, and what they mean to people."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ORGANIZATION = "organization"

WORDS: dict[str, str | Promise] = {
    "openid": _("Know who you are (your account's id)"),
    "profile": _("See your name and profile"),
    "email": _("See your email address"),
    "address": _("See your postal address"),
    "phone": _("See your phone number"),
    "offline_access": _("Stay signed in while you are away"),
    ORGANIZATION: _("See your organizations, your role and what you may do there"),
}
OF_PEOPLE = tuple(WORDS)
STANDARD = tuple(scope for scope in WORDS if scope != ORGANIZATION)


def parse(scope: str) -> tuple[str, ...]:
    """The scopes of a space-separated list, each once, in the order asked (RFC 6749 section 3.3)."""
    return tuple(dict.fromkeys(scope.split()))


def in_words(scopes: Iterable[str]) -> list[tuple[str, str]]:
    """(scope, what it allows in plain words)."""
    return [(scope, str(WORDS.get(scope, scope))) for scope in scopes]
