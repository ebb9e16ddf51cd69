"""Clients: registered, found, authenticated, disabled, verified, handed over, deleted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import emails
from accounts.models import Session, User
from accounts.operators import is_operator
from accounts.services import sudo
from audit import services as audit
from audit.events import AuditEvent
from core import crypto
from core.errors import ValidationFailed
from core.statements import Select, slot
from oauth import metadata_checks, ownership
from oauth.errors import InvalidClientMetadata
from oauth.events import (
    ClientDeleted,
    ClientDisabled,
    ClientEnabled,
    ClientRegistered,
    ClientTokensEnded,
    ClientTransferred,
    ClientVerified,
)
from oauth.metadata import ClientMetadata, apply_to
from oauth.models import AuthorizationCode, Client, ClientSecret, DeviceGrant
from oauth.services import client_permissions, client_secrets, sectors
from tokens.services import refresh

ID_PREFIX = "jnu_cl_"
MAX_ID_LENGTH = 255
AT_ENDPOINTS = (
    *("client_id", "client_type", "name", "grant_types", "scope", "resources", "token_endpoint_auth_method"),
    *("subject_type", "sector_identifier", "claim_mapping"),
    *("id_token_signed_response_alg", "userinfo_signed_response_alg"),
    *("access_token_lifetime_seconds", "id_token_lifetime_seconds", "refresh_token_lifetime_seconds"),
)
"""What the endpoints need of a client that authenticates; the rest is read when asked for: each column costs."""

_ENABLED = Select(lambda: Client.objects.filter(client_id=slot(Client, "client_id"), is_enabled=True))
_BY_SECRET = Select(
    lambda: (
        ClientSecret.objects.select_related("client")
        .only("client", *(f"client__{name}" for name in AT_ENDPOINTS))
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


def register(metadata: ClientMetadata, *, owner: User | None = None, now: datetime) -> Registered:
    """Register a client; raises `InvalidClientMetadata` with one clear sentence. Who may, is asked before."""
    metadata_checks.check(metadata)
    client = Client(client_id=crypto.new_secret(ID_PREFIX)[:32], user=owner)
    apply_to(client, metadata)
    client.sector_identifier = sectors.find(metadata, client.client_id)
    require_storable(client)
    actor: dict[str, Any] = (
        {"actor_type": "user", "actor_id": owner.id} if owner else {"actor_type": "system"}
    )
    with transaction.atomic():
        client.save(force_insert=True)
        secret = client_secrets.add(client, now=now) if client_secrets.needs_secret(client) else None
        audit.record(
            ClientRegistered(**actor, **_target(client), name=client.name, grant_types=metadata.grant_types)
        )
    return Registered(client, secret)


def create(*, actor: User, metadata: ClientMetadata, now: datetime) -> Registered:
    """A person registers a client of their own; raises `NotAllowed`, `Conflict`, `InvalidClientMetadata`."""
    ownership.count_change(actor, now=now)
    ownership.require_may_register(actor)
    ownership.require_may_ask(actor, metadata)
    return register(metadata, owner=actor, now=now)


def find_enabled(client_id: str) -> Client | None:
    """The client of this id, unless it is disabled."""
    if not client_id or len(client_id) > MAX_ID_LENGTH:
        return None
    return _ENABLED.first(client_id=client_id)


def names_of(client_ids: Collection[str]) -> dict[str, str]:
    """What people call the clients of these ids, as far as they exist."""
    found = Client.objects.filter(client_id__in=client_ids) if client_ids else ()
    return {client.client_id: client.display_name for client in found}


def find_by_secret(client_id: str, secret: str, *, now: datetime) -> Client | None:
    """The enabled confidential client that this secret belongs to; one query for any living secret."""
    if len(secret) != client_secrets.LENGTH or len(client_id) > MAX_ID_LENGTH:
        return None
    secret_hash = client_secrets.hash_of(client_id, secret)
    row = _BY_SECRET.first(secret_hash=secret_hash, client_id=client_id, now=now)
    return row.client if row else None


@transaction.atomic
def disable(*, actor: User, client: Client, now: datetime) -> None:
    """Stop a client at once: it authenticates no more, its codes die and its tokens end.

    Somebody else's client an operator blocks: its owner cannot undo that.
    """
    locked = ownership.lock(actor, client)
    blocks = is_operator(actor) and locked.user_id != actor.id and not locked.is_blocked
    if locked.is_enabled or blocks:
        _write(locked, is_enabled=False, is_blocked=locked.is_blocked or blocks)
        _end_tokens(locked, reason="client_disabled", now=now)
        _record(ClientDisabled, actor, locked)


@transaction.atomic
def enable(*, actor: User, client: Client) -> None:
    """Let a disabled client in again; its old tokens stay dead. Raises `NotAllowed` for the owner of a blocked one."""
    locked = ownership.lock(actor, client)
    if locked.is_blocked:
        ownership.require_operator(actor)
    if not locked.is_enabled:
        _write(locked, is_enabled=True, is_blocked=False)
        _record(ClientEnabled, actor, locked)


@transaction.atomic
def end_tokens(*, actor: User, client: Client, now: datetime) -> int:
    """End every token that people gave the client; how many families ended. The consents stay."""
    locked = ownership.lock(actor, client)
    families = _end_tokens(locked, reason="client_tokens_ended", now=now)
    _record(ClientTokensEnded, actor, locked, families=families)
    return families


@transaction.atomic
def delete(*, session: Session, client: Client, now: datetime) -> None:
    """Delete a client with its secrets, codes and consents; its tokens end. Its id never comes back.

    Raises `ReauthenticationRequired`.
    """
    sudo.require(session, now=now)
    actor = session.user
    locked = ownership.lock(actor, client)
    _end_tokens(locked, reason="client_deleted", now=now)
    client_permissions.end_all(locked, now=now)
    Client.objects.filter(pk=locked.pk).delete()
    _record(ClientDeleted, actor, locked, name=locked.name)


@transaction.atomic
def set_verified(*, actor: User, client: Client, is_verified: bool) -> None:
    """An operator vouches for the publisher, or takes that back; raises `NotAllowed` for the owner."""
    locked = ownership.lock(actor, client)
    ownership.require_operator(actor)
    if locked.is_verified != is_verified:
        _write(locked, is_verified=is_verified)
        _record(ClientVerified, actor, locked, is_verified=is_verified)


@transaction.atomic
def transfer(*, session: Session, client: Client, email: str, now: datetime) -> None:
    """An operator gives the client to another owner, who manages it from now on instead of the old one.

    Raises `ReauthenticationRequired`.
    """
    sudo.require(session, now=now)
    actor = session.user
    locked = ownership.lock(actor, client)
    ownership.require_operator(actor)
    to = User.objects.find_by_email(emails.canonical(email))
    if to is None or not (to.is_active and to.email_verified):
        raise ValidationFailed(_("There is no active person with this verified address."), reason="bad_owner")
    if locked.user_id != to.id:
        before = str(locked.user_id or "")
        _write(locked, user=to)
        _record(ClientTransferred, actor, locked, from_owner=before, to_owner=str(to.id))


def require_storable(client: Client) -> None:
    """The last check, of the row itself; raises `InvalidClientMetadata`."""
    try:
        client.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        kind = "invalid_redirect_uri" if field == "redirect_uris" else "invalid_client_metadata"
        raise InvalidClientMetadata(f"{field}: {sentences[0]}", error=kind) from None


def _end_tokens(client: Client, *, reason: str, now: datetime) -> int:
    AuthorizationCode.objects.filter(application=client, used_at=None).update(used_at=now)
    devices = DeviceGrant.objects.filter(client_id=client.client_id, used_at=None)
    devices.filter(status=DeviceGrant.AUTHORIZED).update(status=DeviceGrant.DENIED)
    return refresh.revoke_families_of_client(None, client.client_id, reason=reason, now=now)


def _write(client: Client, **values: Any) -> None:
    for name, value in values.items():
        setattr(client, name, value)
    client.save(update_fields=[*values, "updated"])


def _record(event: type[AuditEvent], actor: User, client: Client, **facts: Any) -> None:
    audit.record(event(actor_type="user", actor_id=actor.id, **_target(client), **facts))


def _target(client: Client) -> dict[str, Any]:
    return {"client_id": client.client_id, "target_type": "client", "target_id": client.client_id}
