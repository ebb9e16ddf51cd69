"""Whose look the sign-ins to a client have: given by who manages both the client and the organization's branding, taken
off by who manages either."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import Session, User
from accounts.operators import is_operator
from audit import services as audit
from oauth import ownership
from oauth.events import ClientOrganizationChanged
from oauth.models import Client
from organizations.permissions import Permission
from organizations.services import access
from organizations.services.access import Actor


@transaction.atomic
def put(*, session: Session, client: Client, organization_id: UUID, now: datetime) -> None:
    """Have the client's sign-ins look like the organization's.

    Raises `NotFound` for a client or an organization of others, `NotAllowed` without `branding:manage` there. An
    owner's change takes the verified mark away, as a new logo does: people see another name.
    """
    actor = session.user
    ownership.get_client(actor, client.client_id)  # before the organization: no lock for a client of others
    place = access.enter(Actor.of_session(session), organization_id, Permission.BRANDING_MANAGE, now=now)
    _write(actor, ownership.lock(actor, client), place.organization.id, from_outside=False)


@transaction.atomic
def remove(*, actor: User, client: Client) -> None:
    """Back to the look of everybody's sign-ins; it asks for nothing but the client."""
    _write(actor, ownership.lock(actor, client), None, from_outside=True)


def carrying(*, session: Session, organization_id: UUID, now: datetime) -> QuerySet[Client]:
    """The clients that have the organization's look, whoever owns them, with `logo_digest`.

    Raises `NotFound`, `NotAllowed` without `branding:manage`.
    """
    access.look(Actor.of_session(session), organization_id, Permission.BRANDING_MANAGE, now=now)
    rows = Client.objects.filter(organization_id=organization_id)
    found: QuerySet[Client] = rows.annotate(logo_digest=F("logo__digest")).order_by("name", "id")
    return found


@transaction.atomic
def take_back(*, session: Session, organization_id: UUID, client_id: str, now: datetime) -> None:
    """Take the organization's look off a client, also of somebody who left: it asks for nothing but the organization.

    Raises `NotFound` for an organization of others and for a client without its look, `NotAllowed`, `Conflict`.
    """
    place = access.enter(Actor.of_session(session), organization_id, Permission.BRANDING_MANAGE, now=now)
    carries = Client.objects.filter(organization=place.organization, client_id=client_id)
    client = carries.select_for_update(no_key=True).first()
    if client is None:
        raise ownership.not_there()
    _write(session.user, client, None, from_outside=False)


def _write(actor: User, client: Client, organization_id: UUID | None, *, from_outside: bool) -> None:
    before = client.organization_id
    if before == organization_id:
        return
    is_move = before is not None and organization_id is not None
    client.organization_id = organization_id
    client.is_verified = client.is_verified and is_operator(actor)
    client.save(update_fields=["organization", "is_verified", "updated"])
    sides: list[tuple[UUID, dict[str, Any]]] = []
    if before is not None:  # who moves it needs no place in the one that it leaves
        given_up = {
            "from_organization": str(before),
            "to_organization": "",
            "from_outside": from_outside or is_move,
        }
        sides.append((before, given_up))
    if organization_id is not None:
        put_on = {
            "from_organization": "",
            "to_organization": str(organization_id),
            "from_outside": from_outside,
        }
        sides.append((organization_id, put_on))
    # A line in the trail of each, and in neither which the other is. In one order: two moves do not wait for each other.
    for whose, said in sorted(sides, key=lambda side: side[0]):
        audit.record(
            ClientOrganizationChanged(
                actor_type="user",
                actor_id=actor.id,
                client_id=client.client_id,
                target_type="client",
                target_id=client.client_id,
                organization_id=whose,
                **said,
            )
        )
