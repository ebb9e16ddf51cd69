"""Secrets of clients: made, replaced with an overlap, taken back. What is stored is a keyed hash and a hint."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Session
from accounts.services import sudo
from audit import services as audit
from core import crypto
from core.errors import Conflict, NotFound
from oauth import ownership
from oauth.events import ClientSecretRevoked, ClientSecretRotated
from oauth.models import Client, ClientSecret

PREFIX = "jnu_cs_"
LENGTH = len(PREFIX) + 43
HINT_LENGTH = 4
MAX_LIVING = 5


def needs_secret(client: Client) -> bool:
    """Whether the client authenticates by a secret at all."""
    return str(client.token_endpoint_auth_method).startswith("client_secret")


def hash_of(client_id: str, secret: str) -> str:
    return crypto.keyed_hash("client-secret", f"{client_id}:{secret}")


def add(client: Client, *, now: datetime) -> str:
    """A fresh secret, which nobody can read again; call inside a transaction."""
    return _add(client, now=now)[0]


def rotate(*, session: Session, client: Client, now: datetime) -> tuple[ClientSecret, str]:
    """A new secret, shown this once; the old ones work for CLIENT_SECRET_ROTATION_GRACE_HOURS longer.

    Raises `ReauthenticationRequired`, `NotFound` for foreign clients, `Conflict` for a client without secrets or
    with too many at a time.
    """
    sudo.require(session, now=now)
    actor = session.user
    ownership.count_change(actor, now=now)
    hours = settings.JANUA.client_secret_rotation_grace_hours
    with transaction.atomic():
        locked = ownership.lock(actor, client)
        if not needs_secret(locked):
            raise Conflict(_("This client authenticates without a secret."), reason="no_secret")
        ends_at = now + timedelta(hours=hours)
        living_of(locked, now=now).filter(Q(expires_at=None) | Q(expires_at__gt=ends_at)).update(
            expires_at=ends_at
        )
        if living_of(locked, now=now).count() >= MAX_LIVING:
            raise Conflict(
                _("At most {n} secrets work at a time. Revoke an old one first.").format(n=MAX_LIVING),
                reason="too_many_secrets",
            )
        secret, row = _add(locked, now=now)
        audit.record(
            ClientSecretRotated(
                actor_type="user",
                actor_id=actor.id,
                client_id=locked.client_id,
                target_type="client",
                target_id=locked.client_id,
                secret_id=str(row.id),
                grace_hours=hours,
            )
        )
    return row, secret


@transaction.atomic
def revoke(*, session: Session, client: Client, secret_id: UUID, now: datetime) -> None:
    """End a secret at once. The one that does not expire is what the client lives by: it is rotated first.

    Raises `ReauthenticationRequired`, `NotFound` for foreign clients and for secrets that are not alive.
    """
    sudo.require(session, now=now)
    actor = session.user
    locked = ownership.lock(actor, client)
    row = living_of(locked, now=now).filter(id=secret_id).first()
    if row is None:
        raise NotFound(_("There is no such living secret."), reason="secret_not_found")
    if row.expires_at is None and locked.is_enabled and needs_secret(locked):
        raise Conflict(
            _("This is the client's current secret. Rotate it first, or disable the client."),
            reason="current_secret",
        )
    ClientSecret.objects.filter(id=row.id).update(expires_at=now)
    audit.record(
        ClientSecretRevoked(
            actor_type="user",
            actor_id=actor.id,
            client_id=locked.client_id,
            target_type="client",
            target_id=locked.client_id,
            secret_id=str(row.id),
        )
    )


def living_of(client: Client, *, now: datetime) -> QuerySet[ClientSecret]:
    """The secrets that work now: the current one first, then those that end, the last to end before the others."""
    rows = ClientSecret.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), client=client)
    return rows.order_by(F("expires_at").desc(nulls_first=True), "-created_at", "-id")


def _add(client: Client, *, now: datetime) -> tuple[str, ClientSecret]:
    secret = crypto.new_secret(PREFIX)
    row = ClientSecret.objects.create(
        client=client,
        secret_hash=hash_of(client.client_id, secret),
        hint=secret[-HINT_LENGTH:],
        created_at=now,
    )
    return secret, row
