"""Several people, or several accounts of one, in one browser: sessions are set aside and resumed, not ended.

A session that is set aside or resumed gets a new secret: who planted or copied the old one holds nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.events import SessionResumed, SessionSetAside
from accounts.models import Session
from accounts.services import sessions
from accounts.services.sessions import NewSession
from audit import services as audit
from core.consume import update_returning


def living(secrets: Sequence[str], *, now: datetime) -> list[NewSession]:
    """The living browser sessions of these secrets, in their order. To look at them is not to use them."""
    hashes = {sessions.hash_secret(secret): secret for secret in secrets}
    rows = Session.objects.alive(now).filter(
        secret_hash__in=hashes, kind=Session.Kind.BROWSER, idle_until__gt=now
    )
    found = {session.secret_hash: session for session in rows.select_related("user")}
    return [NewSession(found[hashed], secret) for hashed, secret in hashes.items() if hashed in found]


@transaction.atomic
def set_aside(held: NewSession) -> NewSession | None:
    """Keep the session for later, without its sudo mode; None if a parallel request was faster."""
    renewed = _renew(held, sudo_until=None)
    if renewed:
        audit.record(SessionSetAside(**_about(renewed.session)))
    return renewed


@transaction.atomic
def resume(held: NewSession, *, now: datetime) -> NewSession | None:
    """Go on with the session that the person chose; None if a parallel request was faster."""
    idle_until = now + timedelta(seconds=held.session.idle_seconds)
    renewed = _renew(held, chosen_at=now, last_seen_at=now, idle_until=idle_until)
    if renewed:
        audit.record(SessionResumed(**_about(renewed.session)))
    return renewed


def _renew(held: NewSession, **values: object) -> NewSession | None:
    """One conditional UPDATE by the old secret: of parallel requests one goes on, and the others change nothing."""
    secret = sessions.new_secret()
    rows = Session.objects.filter(id=held.session.id, secret_hash=held.session.secret_hash, ended_at=None)
    if not (changed := update_returning(rows, secret_hash=sessions.hash_secret(secret), **values)):
        return None
    session = changed[0]
    session.user = held.session.user
    return NewSession(session, secret)


def _about(session: Session) -> dict[str, Any]:
    return {
        "actor_type": "user",
        "actor_id": session.user_id,
        "target_type": "session",
        "target_id": str(session.id),
    }
