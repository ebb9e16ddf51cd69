"""Signing out at a client's request: the session, and every client that hangs on it."""

from datetime import datetime

from django.db import transaction

from accounts.models import Session
from accounts.services import sessions
from audit import services as audit
from oauth.events import ClientsSignedOut
from oauth.models import Client
from tokens.models import TokenFamily


def clients_of(session: Session, *, now: datetime) -> list[Client]:
    """The clients that hold living tokens of this session, by name. One statement, however many they are."""
    families = TokenFamily.objects.alive().filter(session=session, expires_at__gt=now)
    holders = Client.objects.filter(client_id__in=families.values("client_id"))
    return list(holders.order_by("name", "client_id"))


@transaction.atomic
def sign_out(session: Session, *, asked_by: Client | None, now: datetime) -> None:
    """End the session, and with it every token of it; the trail keeps which clients lost theirs."""
    losers = clients_of(session, now=now)
    if sessions.end_session(user=session.user, session_id=session.id, reason="client_logout", now=now):
        audit.record(
            ClientsSignedOut(
                client_id=asked_by.client_id if asked_by else "",
                target_type="session",
                target_id=str(session.id),
                clients=tuple(client.client_id for client in losers),
            )
        )
