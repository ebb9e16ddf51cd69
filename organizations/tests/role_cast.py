"""An organization with its people, for the tests of roles, groups, checks and rules."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.tests.address_cast import NOW, session_of
from organizations.factories import join, make_organization, make_role
from organizations.models import AppPermission, Membership, Organization, Role
from organizations.services import access
from organizations.services.access import Actor
from organizations.services.roles import RoleFacts


def actor(user: User) -> Actor:
    return Actor.of_session(session_of(user))


def app_permission(name: str = "invoices:write", client_id: str = "jnu_cl_books") -> AppPermission:
    made: AppPermission = AppPermission.objects.create(name=name, client_id=client_id, created_at=NOW)
    return made


def allowed(member: Membership) -> set[str]:
    """What the member may do now, as the database says."""
    fresh = Membership.objects.select_related("role").get(id=member.id)
    return set(access.granted_to(fresh).names)


READS = ("organization:read", "member:read", "role:read", "group:read")


@dataclass(frozen=True)
class Acme:
    """alice owns it; bob is a member with one role of the organization's own, and perhaps more."""

    organization: Organization
    alice: User
    owner: Membership
    bob: User
    member: Membership

    @property
    def id(self) -> UUID:
        return self.organization.id

    def by(self, user: User) -> dict[str, Any]:
        """The arguments that every service begins with."""
        return {"actor": actor(user), "organization_id": self.id, "now": NOW}


def acme_of(alice: User, bob: User, *permissions: str) -> Acme:
    """bob's role allows these permissions, and reading."""
    organization = make_organization(alice)
    role = make_role(organization, *READS, *permissions)
    owner = Membership.objects.get(organization=organization, user=alice)
    return Acme(organization, alice, owner, bob, join(organization, bob, role))


def facts(name: str | None = None, *permissions: str) -> RoleFacts:
    return RoleFacts(name=name, permissions=permissions)


def system(key: str) -> Role:
    found: Role = Role.objects.system(key)
    return found
