"""Clients: registered, found, authenticated, disabled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit import services as audit
from core import crypto
from core.statements import Select, slot
from oauth import metadata_checks
from oauth.errors import InvalidClientMetadata
from oauth.events import ClientDisabled, ClientEnabled, ClientRegistered
from oauth.metadata import ClientMetadata, apply_to
from oauth.models import Client, ClientSecret
from oauth.services import sectors
from tokens.services import refresh

SECRET_PREFIX = "jnu_cs_"
SECRET_LENGTH = len(SECRET_PREFIX) + 43
ID_PREFIX = "jnu_cl_"
MAX_ID_LENGTH = 255

_ENABLED = Select(lambda: Client.objects.filter(client_id=slot(Client, "client_id"), is_enabled=True))
_BY_SECRET = Select(
    lambda: (
        ClientSecret.objects.select_related("client")
        .filter(Q(expires_at=None) | Q(expires_at__gt=slot(ClientSecret, "expires_at", "now")))
        .filter(
            secret_hash=slot(ClientSecret, "secret_hash"),
            client__client_id=slot(Client, "client_id"),
            client__is_enabled=True,
            client__client_type=Client.CLIENT_CONFIDENTIAL,
        )
    )
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A new client and, this once, its secret (None for those that have none)."""

    client: Client
    secret: str | None


def register(metadata: ClientMetadata, *, now: datetime) -> Registered:
    """Register a client; raises `InvalidClientMetadata` with one clear sentence."""
    metadata_checks.check(metadata)
    client = Client(client_id=crypto.new_secret(ID_PREFIX)[:32])
    apply_to(client, metadata)
    client.sector_identifier = sectors.find(metadata)
    _validate(client)
    with transaction.atomic():
        client.save(force_insert=True)
        secret = _add_secret(client, now=now) if needs_secret(client) else None
        audit.record(
            ClientRegistered(
                actor_type="system",
                client_id=client.client_id,
                target_type="client",
                target_id=client.client_id,
                name=client.name,
                grant_types=metadata.grant_types,
            )
        )
    return Registered(client, secret)


def needs_secret(client: Client) -> bool:
    """Whether the client authenticates by a secret at all."""
    return str(client.token_endpoint_auth_method).startswith("client_secret")


def find_enabled(client_id: str) -> Client | None:
    """The client of this id, unless it is disabled."""
    if not client_id or len(client_id) > MAX_ID_LENGTH:
        return None
    return _ENABLED.first(client_id=client_id)


def find_by_secret(client_id: str, secret: str, *, now: datetime) -> Client | None:
    """The enabled confidential client that this secret belongs to; one query for any living secret."""
    if len(secret) != SECRET_LENGTH or len(client_id) > MAX_ID_LENGTH:
        return None
    row = _BY_SECRET.first(secret_hash=_hash(client_id, secret), client_id=client_id, now=now)
    return row.client if row else None


@transaction.atomic
def disable(*, actor: User, client: Client, now: datetime) -> None:
    """Stop a client at once: it authenticates no more, and its tokens end."""
    if Client.objects.filter(id=client.id, is_enabled=True).update(is_enabled=False):
        refresh.revoke_families_of_client(None, client.client_id, reason="client_disabled", now=now)
        audit.record(ClientDisabled(actor_type="user", actor_id=actor.id, **_target(client)))


@transaction.atomic
def enable(*, actor: User, client: Client) -> None:
    """Let a disabled client in again; its old tokens stay dead."""
    if Client.objects.filter(id=client.id, is_enabled=False).update(is_enabled=True):
        audit.record(ClientEnabled(actor_type="user", actor_id=actor.id, **_target(client)))


def _add_secret(client: Client, *, now: datetime) -> str:
    secret = crypto.new_secret(SECRET_PREFIX)
    ClientSecret.objects.create(client=client, secret_hash=_hash(client.client_id, secret), created_at=now)
    return secret


def _validate(client: Client) -> None:
    try:
        client.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        kind = "invalid_redirect_uri" if field == "redirect_uris" else "invalid_client_metadata"
        raise InvalidClientMetadata(f"{field}: {sentences[0]}", error=kind) from None


def _hash(client_id: str, secret: str) -> str:
    return crypto.keyed_hash("client-secret", f"{client_id}:{secret}")


def _target(client: Client) -> dict[str, Any]:
    return {"client_id": client.client_id, "target_type": "client", "target_id": client.client_id}
