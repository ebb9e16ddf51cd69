"""A signed cookie that remembers which accounts have signed in on this browser, and by which door the last one.

It opens nothing: it only gives a known browser its own counter of wrong passwords, so that a stranger
who fails on purpose does not lock the owner out (rule 14).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypedDict
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.services.devices import people_who_forgot, rename
from core import cookies, crypto

SALT = "janua.device"
LIFETIME = timedelta(days=400)
MAX_ACCOUNTS = 10


class _Device(TypedDict):
    id: str
    users: list[str]
    door: str


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser we know, and the accounts that signed in on it."""

    id: str
    user_ids: frozenset[str]

    def knows(self, user: User) -> bool:
        """Whether the person signed in on it before."""
        return str(user.id) in self.user_ids


def device_of(request: HttpRequest) -> KnownDevice | None:
    """The browser, if one of ours set its cookie, and the accounts that did not take it from their list."""
    device = _read(request)
    if device is None:
        return None
    return KnownDevice(device["id"], frozenset(device["users"]) - people_who_forgot(device["id"]))


def last_door(request: HttpRequest) -> str:
    """The door that somebody last came in by on this browser (`Session.door`), for a badge on it; may be empty."""
    device = _read(request)
    return device["door"] if device else ""


def remember(
    request: HttpRequest, response: HttpResponse, user_id: UUID, *, door: str, renew: bool = False
) -> str:
    """Note in the cookie that the account signed in on this browser, and how; the browser's id.

    `renew`: under a new id, to everybody who signed in on it. A copy of the cookie from before is nobody's then.
    """
    device = _read(request) or _Device(id=_new_id(), users=[], door="")
    if renew:
        device["id"] = rename(device["id"], _new_id())
    users = [str(user_id), *(known for known in device["users"] if known != str(user_id))][:MAX_ACCOUNTS]
    noted = _Device(id=device["id"], users=users, door=door)
    value = signing.dumps(noted, salt=SALT, compress=True)
    cookies.keep(response, settings.DEVICE_COOKIE_NAME, value, seconds=LIFETIME.total_seconds())
    return device["id"]


def _new_id() -> str:
    return crypto.new_secret("")[:22]


def _read(request: HttpRequest) -> _Device | None:
    try:
        value: Any = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=LIFETIME
        )
    except signing.BadSignature:
        return None
    return _Device(id=value["id"], users=value["users"], door=value.get("door", ""))
