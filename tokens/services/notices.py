"""What people are told by mail about their tokens."""

from datetime import datetime

from django.conf import settings

from core import mail
from tokens.models import TokenFamily


def tell_of_replay(family: TokenFamily, *, app_name: str, now: datetime) -> None:
    """A used refresh token came again: a copy is in other hands, and the app was signed out. Inside the transaction."""
    context = {
        "client_name": app_name,
        "when": now,
        "sessions_url": f"{settings.JANUA.base_url}/account/sessions",
    }
    mail.send("refresh_token_replayed", family.user.email, context, locale=family.user.locale)
