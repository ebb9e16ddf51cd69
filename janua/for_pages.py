"""Middleware that serves pages only (docs/decisions/0009).

Programs bring their credential with each request: they have no cookie to read, no form to guard, no language to
choose, and their answers are JSON, which no Content-Security-Policy speaks of.
"""

from typing import Any

from csp.middleware import CSPMiddleware as Csp
from django.contrib.messages.middleware import MessageMiddleware as Messages
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware as Csrf
from whitenoise.middleware import WhiteNoiseMiddleware as WhiteNoise

from accounts.middleware import SessionMiddleware as Session
from janua import languages

PROGRAMS = (
    "/api/",
    "/oauth/token",
    "/oauth/introspect",
    "/oauth/revoke",
    "/oauth/userinfo",
    "/oauth/device_authorization",
    "/.well-known/",
)
"""What every address for programs begins with. Their routes read no cookie: a test holds the policy table to it."""


class ForPages:
    """Mixin in front of a middleware: a program's request goes straight on."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(PROGRAMS):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]  # the middleware that this is mixed into


class WhiteNoiseMiddleware(ForPages, WhiteNoise):  # type: ignore[misc]  # the library has no types
    """Static files."""


class CSPMiddleware(ForPages, Csp):
    """The Content-Security-Policy."""


class BrowserLanguageMiddleware(ForPages, languages.BrowserLanguage):
    """The language of the page, as the browser knows it."""


class SessionMiddleware(ForPages, Session):
    """The cookie's session."""


class PersonLanguageMiddleware(ForPages, languages.PersonLanguage):
    """The language of the page, as the account knows it."""


class CsrfViewMiddleware(ForPages, Csrf):
    """The form token. Its check of views that do not exempt themselves stays, for programs too."""


class MessageMiddleware(ForPages, Messages):
    """One-time messages between pages."""
