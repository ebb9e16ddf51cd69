"""Organizations for tests."""

import secrets

from accounts.models import User
from core import clock
from organizations.models import Domain, Membership, Organization, Role
from organizations.permissions import MEMBER, OWNER


def make_organization(owner: User, *, name: str = "Acme", slug: str = "") -> Organization:
    """An organization of this owner."""
    now = clock.now()
    slug = slug or f"acme-{secrets.token_hex(4)}"
    made: Organization = Organization.objects.create(name=name, slug=slug, created_at=now, updated_at=now)
    join(made, owner, OWNER)
    return made


def join(organization: Organization, user: User, role: str | Role = MEMBER) -> Membership:
    """Make the person a member; `role` is the key of a system role, or a role."""
    found = Role.objects.system(role) if isinstance(role, str) else role
    joined: Membership = Membership.objects.create(
        organization=organization, user=user, role=found, joined_at=clock.now()
    )
    return joined


def prove_domain(organization: Organization, name: str = "") -> Domain:
    """A domain that the organization has verified; without a name, one of its own."""
    now = clock.now()
    proven: Domain = Domain.objects.create(
        organization=organization,
        name=name or f"{organization.slug}.example",
        token="t",
        role=Role.objects.system(MEMBER),
        created_at=now,
        verified_at=now,
    )
    return proven


def make_role(organization: Organization, *permissions: str, key: str = "") -> Role:
    """A role of the organization's own."""
    now = clock.now()
    key = key or f"role-{secrets.token_hex(4)}"
    made: Role = Role.objects.create(
        organization=organization,
        key=key,
        name=key,
        permissions=list(permissions),
        created_at=now,
        updated_at=now,
    )
    return made
