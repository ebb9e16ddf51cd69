"""Which mailboxes a provider runs itself: only there does its word alone lead to an account that exists (rule 9).

A provider that verified an address once says nothing of who owns the mailbox today; the one that runs it does.
"""

from collections.abc import Mapping
from typing import Any

from accounts import emails
from sso.providers import Provider

GOOGLE = "openid:https://accounts.google.com"
GOOGLE_MAIL = frozenset({"gmail.com", "googlemail.com"})
APPLE_MAIL = frozenset({"icloud.com", "me.com", "mac.com", "privaterelay.appleid.com"})


def is_authoritative(provider: Provider, email: str, claims: Mapping[str, Any]) -> bool:
    """Whether the provider runs the mailbox of this address, so that nobody else can own it."""
    canonical = emails.find_canonical(email)
    if canonical is None:
        return False
    domain = emails.domain_of(canonical)
    if provider.connection == GOOGLE:
        # `hd` is the Workspace that Google runs for the domain; without it the address may be anybody's.
        return domain in GOOGLE_MAIL or claims.get("hd") == domain
    if provider.kind.key == "apple":
        return domain in APPLE_MAIL
    # Microsoft lets a tenant's administrator write any address into a profile: never by e-mail.
    return provider.kind.key != "microsoft" and domain in provider.authoritative_domains
