"""Operators add, change and remove providers. Whoever runs one can sign people in: each act asks for a fresh proof."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Session
from accounts.services import sudo
from audit import services as audit
from sso.events import SocialProviderAdded, SocialProviderChanged, SocialProviderRemoved
from sso.models import SocialProvider
from sso.providers import of_row


def save(row: SocialProvider, *, fields: Collection[str], session: Session, now: datetime) -> None:
    """Save a validated row; `fields` are the names of what the operator changed."""
    sudo.require(session, now=now)
    is_new = row._state.adding
    row.created_at, row.updated_at = (now if is_new else row.created_at), now
    about = _about(row, session)
    with transaction.atomic():
        row.save()
        if is_new:
            audit.record(SocialProviderAdded(**about))
        else:
            audit.record(SocialProviderChanged(**about, fields=tuple(sorted(fields))))


def remove(row: SocialProvider, *, session: Session, now: datetime) -> None:
    """Remove the button. Accounts that came by it stay, and match again only a provider of the same issuer."""
    sudo.require(session, now=now)
    about = _about(row, session)
    with transaction.atomic():
        row.delete()
        audit.record(SocialProviderRemoved(**about))


def _about(row: SocialProvider, session: Session) -> dict[str, Any]:
    return {
        "actor_type": "user",
        "actor_id": session.user_id,
        "target_type": "social_provider",
        "target_id": str(row.id),
        "slug": row.slug,
        "connection": of_row(row).connection,
    }
