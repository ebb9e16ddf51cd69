"""Every route of Janua, read from the URL configuration."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.policy import Credential, Policy
from janua.policies import find_policy

ANY_ID = "3f0f3b0e-0000-4000-8000-000000000001"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern: the name its policy stands under, a path that it answers, and its view."""

    name: str
    path: str
    view: Callable[..., Any]

    @property
    def policy(self) -> Policy:
        policy = find_policy(self.name)
        assert policy is not None, f"{self.name or self.path} stands in no policy"
        return policy

    @property
    def is_admin(self) -> bool:
        return self.name.startswith("admin:")


def all_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "/", ""))


def routes_that_accept(credential: Credential) -> list[Route]:
    return [route for route in all_routes() if credential in route.policy.accepts]


def named(route: Route) -> str:
    """For pytest's ids."""
    return route.path


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for entry in patterns:
        path = prefix + _sample(str(entry.pattern))
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, path, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name or ''}", path, entry.callback)


def _sample(pattern: str) -> str:
    """The pattern with a value in the place of each parameter. The console's two regular expressions are an
    app's page, and whatever is left over."""
    if "(?P<app_label>" in pattern:
        return "core/"
    if "(?P<url>" in pattern:
        return "nowhere"
    return PARAMETER.sub(ANY_ID, pattern)
