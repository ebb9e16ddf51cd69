"""Invitations for the tests of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.tests.address_cast import session_of as session_proven_at
from accounts.tests.mails import last_letter
from organizations.factories import make_organization
from organizations.models import Invitation, Membership, Organization, OrganizationPolicy
from organizations.services import invitations, joining
from organizations.services.access import Actor

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
BOB = "bob@example.com"


def acting(user: User) -> Actor:
    """The person in a session with a fresh proof."""
    return Actor.of_session(session_proven_at(user, proven_at=NOW))


def invite(
    organization: Organization, by: User | Actor, email: str = BOB, role: str = "member", now: datetime = NOW
) -> Invitation:
    actor = by if isinstance(by, Actor) else acting(by)
    return invitations.invite(
        actor=actor, organization_id=organization.id, email=email, role_key=role, now=now
    )


def invited(owner: User, email: str = BOB, role: str = "member") -> tuple[Organization, str]:
    """An organization of the owner, and the link's token of an invitation to it."""
    organization = make_organization(owner)
    invite(organization, owner, email, role)
    return organization, last_letter(email).token


def accept(user: User, token: str, now: datetime = SOON) -> Membership:
    return joining.accept_by_link(session=session_proven_at(user, proven_at=NOW), token=token, now=now)


def policy(organization: Organization, **rules: Any) -> OrganizationPolicy:
    made: OrganizationPolicy = OrganizationPolicy.objects.create(
        organization=organization, updated_at=NOW, **rules
    )
    return made


def members_of(organization: Organization) -> set[UUID]:
    return set(Membership.objects.filter(organization=organization).values_list("user_id", flat=True))
