"""Paths of our own pages, as they come back to us from forms and addresses."""

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.urls.resolvers import ResolverMatch

MAX_LENGTH = 2000


def safe_next(raw: str) -> str:
    """`raw` if it is a path of our own pages, else nothing (an open redirect has many spellings)."""
    is_path = raw.startswith("/") and not raw.startswith("//") and len(raw) <= MAX_LENGTH
    if not is_path or "\\" in raw or not raw.isprintable() or " " in raw:
        return ""
    return raw if page_at(raw) else ""


def page_at(path: str) -> ResolverMatch | None:
    """The page that a path leads to."""
    try:
        match = resolve(urlsplit(path).path)
    except (Resolver404, ValueError):
        return None
    return None if match.route.startswith(("api/", "static/")) else match
