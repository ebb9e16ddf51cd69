"""Where a sign-in leads, and what its page may say about it.

A view above this floor describes itself: it carries `describe_destination(**kwargs) -> Destination | None`.
So the sign-in page can say "Sign in to Acme" without knowing what a client is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.paths import page_at, safe_next
from organizations.brands import Brand

__all__ = ["HOME", "Destination", "describes_itself", "destination_of", "safe_next"]

HOME = "/account"


@dataclass(frozen=True, slots=True)
class Destination:
    """An application that waits for the person.

    `form_origin`: the origin that the redirects after a form may end at; Chromium asks form-action for it.
    `needs_proof_since`: a session is only good enough if its proof is at least as fresh. `level`: what the
    application wishes the sign-in to reach (`accounts.levels`). `brand`: the organization that it belongs to.
    """

    name: str
    logo_url: str = ""
    form_origin: str = ""
    login_hint: str = ""
    needs_proof_since: datetime | None = None
    level: str = ""
    brand: Brand | None = None


def destination_of(path: str) -> Destination | None:
    """What the page behind a safe path says of itself."""
    match = page_at(path) if path else None
    describe: Callable[..., Destination | None] | None = (
        getattr(match.func, "describe_destination", None) if match else None
    )
    return describe(**match.kwargs) if match and describe else None


def level_of(path: str) -> str:
    """The level that the page behind a safe path asks the sign-in for; may be empty."""
    destination = destination_of(path)
    return destination.level if destination else ""


def describes_itself(describe: Callable[..., Destination | None]) -> Callable[[Any], Any]:
    """Decorator for views that a sign-in may lead to."""

    def mark(view: Any) -> Any:
        view.describe_destination = describe
        return view

    return mark
