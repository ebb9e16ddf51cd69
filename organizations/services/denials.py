"""A line in the trail for whoever asks for an organization that is there, and not theirs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from audit import services as audit
from core import context, limits, throttle
from organizations.events.access import OrganizationAccessDenied
from organizations.events.organizations import upon
from organizations.models import ApiKey, Membership, Organization

OF_A_KEY = "api_key:"
"""How the request's context names an API key (`organizations.api.authentication`)."""


def note(named: UUID | str, *, now: datetime) -> None:
    """Write it down, if the actor of the request at hand has no place in the organization of this id or slug.

    For what was answered with 404, after the answer. Once an hour for one actor and organization, and for one actor no
    more than `limits.DENIALS` organizations: nobody fills the trail by it. All keys of a person or a service account
    are counted as their owner, like `Actor.name_for_limits`.
    """
    who = context.current()
    is_key = who.client_id.startswith(OF_A_KEY)
    key_id = UUID(who.client_id.removeprefix(OF_A_KEY)) if is_key else None
    account_id = _account_of(key_id) if key_id else None
    actor = account_id or who.actor_id
    if actor is None:
        return
    rows = Organization.objects.filter(id=named) if isinstance(named, UUID) else _of_slug(named)
    own = Membership.objects.filter(user=who.actor_id, suspended_at=None)
    foreign = rows.exclude(api_keys=key_id) if key_id else rows.exclude(id__in=own.values("organization"))
    organization_id = foreign.values_list("id", flat=True).first()
    if organization_id is None:
        return
    if not throttle.hit(limits.DENIALS_OF_ONE, f"{actor}:{organization_id}", now=now).allowed:
        return
    if throttle.hit(limits.DENIALS, str(actor), now=now).allowed:
        with transaction.atomic():
            audit.record(OrganizationAccessDenied(**_who(account_id), **upon(organization_id)))


def _account_of(key_id: UUID) -> UUID | None:
    """What the context does not know: whose key it is where it is no person's."""
    return ApiKey.objects.filter(id=key_id).values_list("service_account", flat=True).first()


def _who(account_id: UUID | None) -> dict[str, Any]:
    return {"actor_type": "service_account", "actor_id": account_id} if account_id else {}


def _of_slug(slug: str) -> "QuerySet[Organization]":
    rows: QuerySet[Organization] = Organization.objects.filter(slug=slug)
    return rows
