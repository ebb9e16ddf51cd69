"""A client's metadata, changed by its owner or an operator (in the sense of RFC 7592 section 2.2)."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Session, User
from accounts.operators import is_operator
from accounts.services import sudo
from audit import services as audit
from core.errors import Conflict, PreconditionFailed
from oauth import metadata, metadata_checks, ownership
from oauth.events import ClientUpdated
from oauth.metadata import ClientMetadata
from oauth.models import Client, ClientSecret
from oauth.services import client_secrets, sectors
from oauth.services.clients import Registered, require_storable

VOUCHED_FOR = frozenset({"client_name", "publisher", "client_uri", "redirect_uris"})
"""What an operator looked at when verifying. An owner who changes it has to be verified anew."""


def version_of(client: Client) -> str:
    """A name for what the client is now; another whenever anything that can be changed has changed."""
    belongs_to = (str(client.user_id), str(client.organization_id))
    facts = [asdict(metadata.of_client(client)), client.is_enabled, client.is_verified, *belongs_to]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def update(
    *,
    session: Session,
    client: Client,
    changes: Mapping[str, Any],
    if_version: Collection[str] | None = None,
    now: datetime,
) -> Registered:
    """Change the named members; those that are null go back to their defaults. The rest stays.

    With `if_version` only if the client is still one of those (`PreconditionFailed`). A client that comes to
    authenticate by a secret gets one, shown this once; one that no longer does loses its secrets: both ask for
    a fresh proof. Raises `ReauthenticationRequired`, `NotFound`, `NotAllowed`, `InvalidClientMetadata`; `Conflict` if somebody else was faster.
    Not inside a transaction: a sector document may have to be fetched.
    """
    actor = session.user
    ownership.count_change(actor, now=now)
    seen = ownership.get_client(actor, client.client_id)
    if if_version is not None and version_of(seen) not in if_version:
        raise PreconditionFailed(
            _("The client was changed meanwhile. Read it again."), reason="version_mismatch"
        )
    before = replace(metadata.of_client(seen), response_types=())  # they follow from the grant types
    asked = metadata.from_json(changes, base=before)
    ownership.require_may_ask(actor, asked, before=before)
    if asked.token_endpoint_auth_method != before.token_endpoint_auth_method:
        sudo.require(session, now=now)
    metadata_checks.check(asked)
    sector = seen.sector_identifier
    if _moves_sector(before, asked):
        sector = sectors.find(asked, seen.client_id)
    with transaction.atomic():
        locked = ownership.lock(actor, seen)
        if version_of(locked) != version_of(seen):
            raise Conflict(_("The client is being changed by somebody else. Try again."), reason="busy")
        return _apply(actor, locked, before, asked, sector, now=now)


def _apply(
    actor: User, client: Client, before: ClientMetadata, asked: ClientMetadata, sector: str, *, now: datetime
) -> Registered:
    metadata.apply_to(client, asked)
    names = {each.name for each in fields(asked)} - {"response_types"}
    changed = {name for name in names if getattr(before, name) != getattr(asked, name)}
    if not changed:
        return Registered(client, None)
    client.sector_identifier = sector
    loses_verification = bool(client.is_verified and changed & VOUCHED_FOR and not is_operator(actor))
    client.is_verified = client.is_verified and not loses_verification
    require_storable(client)
    client.save()
    secret = _fit_secrets(client, now=now)
    audit.record(
        ClientUpdated(
            actor_type="user",
            actor_id=actor.id,
            client_id=client.client_id,
            target_type="client",
            target_id=client.client_id,
            fields=tuple(sorted(changed)),
            has_lost_verification=loses_verification,
        )
    )
    return Registered(client, secret)


def _fit_secrets(client: Client, *, now: datetime) -> str | None:
    """Secrets exactly where the way to authenticate asks for them."""
    if not client_secrets.needs_secret(client):
        ClientSecret.objects.filter(client=client).delete()
        return None
    if client_secrets.living_of(client, now=now).exists():
        return None
    return client_secrets.add(client, now=now)


def _moves_sector(before: ClientMetadata, asked: ClientMetadata) -> bool:
    names = ("subject_type", "sector_identifier_uri", "redirect_uris", "grant_types")
    return any(getattr(before, name) != getattr(asked, name) for name in names)
