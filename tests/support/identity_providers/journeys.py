"""Going to a provider and back with Django's test client; the way through the provider is real HTTP."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.test import Client


def set_out(browser: Client, slug: str, next_path: str = "") -> str:
    """The provider's address that the start leads to."""
    response = browser.get(f"/sso/social/{slug}/start", {"next": next_path} if next_path else {})
    assert response.status_code == 302, response.content
    return str(response["Location"])


def through(url: str) -> str:
    """The person says yes at the provider: the callback's address, as the browser would be sent to it."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code in (302, 303), answer.text
    return str(answer.headers["Location"])


def local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def come_back(browser: Client, url: str) -> Any:
    return browser.get(local(url))


def sign_in(browser: Client, slug: str, next_path: str = "") -> Any:
    """The whole way; what the callback answers."""
    return come_back(browser, through(set_out(browser, slug, next_path)))
