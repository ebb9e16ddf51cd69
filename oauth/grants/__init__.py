"""One module per grant type: each turns an authenticated client's request into tokens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oauth.models import Client
from oauth.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Granted:
    """A token response (RFC 6749 section 5.1)."""

    access_token: str
    expires_in: int
    scope: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotGranted:
    """A refusal, returned so that what was burnt, revoked or counted is committed."""

    description: str
    error: str = "invalid_grant"


Grant = Callable[[Client, Parameters, datetime], Granted | NotGranted]
