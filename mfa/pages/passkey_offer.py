"""To people without a passkey, on their overview: a card that can be put away, and the quiet upgrade after a password."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import Session
from accounts.services import sudo
from core import cookies
from mfa.services import factors

LIFETIME = timedelta(days=400)
FRESH = timedelta(minutes=5)  # browsers upgrade only right after their password manager filled a password in


def facts_of(request: HttpRequest, session: Session, *, now: datetime) -> dict[str, bool]:
    if factors.signs_in(session.user):
        return {}
    is_from_password = session.door == "password" and now - session.auth_time < FRESH
    return {
        "offers_passkey": settings.PASSKEY_OFFER_COOKIE_NAME not in request.COOKIES,
        "upgrades_passkey": (
            settings.JANUA.passkey_upgrade == "on" and is_from_password and sudo.is_open(session, now=now)
        ),
    }


def put_away(response: HttpResponse) -> HttpResponse:
    """Not here again: passkeys belong to devices, so the answer belongs to the browser."""
    name = settings.PASSKEY_OFFER_COOKIE_NAME
    return cookies.keep(response, name, "away", seconds=LIFETIME.total_seconds())
