"""Where a sign-in leads, and what its page may say about it.

A view above this floor describes itself: it carries `describe_destination(**kwargs) -> Destination | None`.
So the sign-in page can say "Sign in to Acme" without knowing what a client is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.urls.resolvers import ResolverMatch

HOME = "/account"
MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Destination:
    """An application that waits for the person.

    `form_origin`: the origin that the redirects after a form may end at; Chromium asks form-action for it.
    `needs_proof_since`: a session is only good enough if its proof is at least as fresh.
    """

    name: str
    logo_url: str = ""
    form_origin: str = ""
    login_hint: str = ""
    needs_proof_since: datetime | None = None


def safe_next(raw: str) -> str:
    """`raw` if it is a path of our own pages, else nothing (an open redirect has many spellings)."""
    is_path = raw.startswith("/") and not raw.startswith("//") and len(raw) <= MAX_LENGTH
    if not is_path or "\\" in raw or not raw.isprintable() or " " in raw:
        return ""
    return raw if _match(raw) else ""


def destination_of(path: str) -> Destination | None:
    """What the page behind a safe path says of itself."""
    match = _match(path) if path else None
    describe: Callable[..., Destination | None] | None = (
        getattr(match.func, "describe_destination", None) if match else None
    )
    return describe(**match.kwargs) if match and describe else None


def describes_itself(describe: Callable[..., Destination | None]) -> Callable[[Any], Any]:
    """Decorator for views that a sign-in may lead to."""

    def mark(view: Any) -> Any:
        view.describe_destination = describe
        return view

    return mark


def _match(path: str) -> ResolverMatch | None:
    try:
        match = resolve(urlsplit(path).path)
    except (Resolver404, ValueError):
        return None
    return None if match.route.startswith(("api/", "static/")) else match
