"""Who may what in an organization and all that says so, read from the tables anew: none of the services' own arithmetic."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from organizations.models import (
    Group,
    GroupMember,
    GroupRole,
    Invitation,
    Membership,
    Organization,
    Role,
    RoleGrant,
)
from organizations.permissions import OWNER, SYSTEM_ROLES

EVERYTHING = "*"
"""Ownership, as one of the rights: only who has it may give or take it."""


@dataclass(frozen=True)
class Rights:
    """What each person may do; whoever has no place, or a suspended one, may nothing."""

    of: dict[UUID, frozenset[str]]

    def may(self, user_id: UUID) -> frozenset[str]:
        return self.of.get(user_id, frozenset())

    def cover(self, user_id: UUID, others: frozenset[str]) -> bool:
        """Whether the person has all of these; owners have everything."""
        own = self.may(user_id)
        return EVERYTHING in own or others <= own

    @property
    def owners(self) -> set[UUID]:
        return {user for user, rights in self.of.items() if EVERYTHING in rights}


def rights_in(organization: Organization) -> Rights:
    found: dict[UUID, set[str]] = {}
    places = Membership.objects.filter(organization=organization, suspended_at=None).select_related("role")
    for place in places:
        roles = [place.role, *Role.objects.filter(grants__membership=place)]
        roles += Role.objects.filter(group_links__group__member_links__membership=place)
        found[place.user_id] = {name for role in roles for name in _of_role(role)}
    return Rights({user: frozenset(names) for user, names in found.items()})


def _of_role(role: Role) -> set[str]:
    if role.organization_id is not None:
        return set(role.permissions)
    names = {str(name) for name in SYSTEM_ROLES[role.key]} | set(role.permissions)
    return names | {EVERYTHING} if role.key == OWNER else names


def facts_of(organization: Organization) -> dict[str, Any]:
    """Every row that says who belongs to the organization and may do what there."""
    own = {"organization": organization}
    tables = {
        "places": Membership.objects.filter(**own).values_list("user", "role", "suspended_at"),
        "roles": Role.objects.filter(**own).values_list("id", "key", "name", "description", "permissions"),
        "grants": RoleGrant.objects.filter(membership__organization=organization).values_list(
            "membership__user", "role"
        ),
        "groups": Group.objects.filter(**own).values_list("id", "name", "description"),
        "group_roles": GroupRole.objects.filter(group__organization=organization).values_list(
            "group", "role"
        ),
        "group_members": GroupMember.objects.filter(group__organization=organization).values_list(
            "group", "membership__user"
        ),
        "invitations": Invitation.objects.filter(**own).values_list(
            "id", "email", "role", "used_at", "declined_at", "revoked_at", "sent_at"
        ),
        "state": Organization.objects.filter(id=organization.id).values_list(
            "suspended_at", "deletion_due_at"
        ),
    }
    return {name: sorted(map(repr, rows)) for name, rows in tables.items()}
