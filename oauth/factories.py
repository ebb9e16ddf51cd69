"""Clients for tests."""

from typing import Any

from accounts.models import User
from core import clock
from oauth import metadata
from oauth.services import clients
from oauth.services.clients import Registered

REDIRECT_URI = "https://app.example/callback"


def register_client(*, owner: User | None = None, **members: Any) -> Registered:
    """A client by RFC 7591 metadata: confidential, code and refresh, unless the members say otherwise."""
    given = {
        "client_name": "Acme",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        **members,
    }
    return clients.register(metadata.from_json(given), owner=owner, now=clock.now())
