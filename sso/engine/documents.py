"""Discovery documents and key sets of providers, kept for a while by each process."""

import time
from dataclasses import dataclass
from typing import Any

from core.strict_json import parse_object
from sso.engine.outside import Session
from sso.errors import IdentityRefused, ProviderUnavailable

DISCOVERY_SECONDS = 3600.0
KEYS_SECONDS = 600.0
AGAIN_SECONDS = 30.0
"""A key that we do not know has the set fetched anew, but not more often."""
WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class _Kept:
    document: dict[str, Any]
    at: float


_kept: dict[str, _Kept] = {}


def discover(issuer: str, session: Session) -> dict[str, Any]:
    """The provider's configuration (OpenID Connect Discovery 1.0), which must speak of itself as `issuer`."""
    found = fetch(f"{issuer}{WELL_KNOWN}", session, max_age=DISCOVERY_SECONDS)
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise IdentityRefused("The provider calls itself by another name.", reason="issuer_mismatch")
    return found


def fetch(url: str, session: Session, *, max_age: float) -> dict[str, Any]:
    """The JSON document, at most so many seconds old; raises `ProviderUnavailable`."""
    kept = _kept.get(url)
    if kept is not None and time.monotonic() - kept.at < max_age:
        return kept.document
    answer = session.get(url)
    answer.raise_for_status()
    try:
        document = parse_object(answer.content)
    except ValueError:
        raise ProviderUnavailable("The provider's answer is not JSON.", reason="provider_failed") from None
    _kept[url] = _Kept(document, time.monotonic())
    return document


def forget() -> None:
    """For tests: providers come and go on the same address."""
    _kept.clear()
