"""Two small cookies: which browser set out for a provider, and which identity waits here for its mailbox."""

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import IdentityProof
from core import cookies
from sso.models import SocialState
from sso.services import states

SALT = "janua.identity"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The handle of an identity that waits for a mailbox, the address asked last, and where it goes on to."""

    handle: str
    email: str = ""
    next: str = ""


def binding_of(request: HttpRequest) -> str:
    """The browser's own secret, or nothing if it set out nowhere."""
    value = request.COOKIES.get(settings.SOCIAL_COOKIE_NAME, "")
    return value if value.startswith(states.BINDING_PREFIX) and len(value) < 100 else ""


def bind(response: HttpResponse, binding: str) -> HttpResponse:
    """Lax, so that it comes with the provider's redirect; the same for logins in several tabs."""
    seconds = SocialState.LIFETIME.total_seconds()
    return cookies.keep(response, settings.SOCIAL_COOKIE_NAME, binding, seconds=seconds)


def waiting_of(request: HttpRequest) -> Waiting | None:
    try:
        value: Any = signing.loads(
            request.COOKIES.get(settings.IDENTITY_COOKIE_NAME, ""), salt=SALT, max_age=IdentityProof.LIFETIME
        )
    except signing.BadSignature:
        return None
    return Waiting(**value)


def wait(response: HttpResponse, waiting: Waiting) -> HttpResponse:
    value = signing.dumps(asdict(waiting), salt=SALT)
    seconds = IdentityProof.LIFETIME.total_seconds()
    return cookies.keep(response, settings.IDENTITY_COOKIE_NAME, value, seconds=seconds)


def forget_waiting(response: HttpResponse) -> HttpResponse:
    return cookies.forget(response, settings.IDENTITY_COOKIE_NAME)
