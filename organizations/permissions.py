"""What may be done in an organization, and which role may: the table that `tests/architecture` compares.

Permissions are words of the form `resource:action`. Janua's own stand here; those of apps are rows
(`organizations.models.AppPermission`) and mean nothing to Janua itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    ORGANIZATION_READ = "organization:read"
    ORGANIZATION_UPDATE = "organization:update"
    ORGANIZATION_DELETE = "organization:delete"
    ORGANIZATION_TRANSFER = "organization:transfer"
    MEMBER_READ = "member:read"
    MEMBER_INVITE = "member:invite"
    MEMBER_UPDATE = "member:update"
    MEMBER_REMOVE = "member:remove"
    ROLE_READ = "role:read"
    ROLE_MANAGE = "role:manage"
    GROUP_READ = "group:read"
    GROUP_MANAGE = "group:manage"
    POLICY_READ = "policy:read"
    POLICY_MANAGE = "policy:manage"
    DOMAIN_READ = "domain:read"
    DOMAIN_MANAGE = "domain:manage"
    BRANDING_MANAGE = "branding:manage"
    KEY_OWN = "key:own"
    KEY_MANAGE = "key:manage"
    AUDIT_READ = "audit:read"


P = Permission
OWNER, ADMIN, MEMBER, VIEWER = "owner", "admin", "member", "viewer"

_VIEWER = frozenset({P.ORGANIZATION_READ, P.MEMBER_READ, P.ROLE_READ, P.GROUP_READ})
_MEMBER = _VIEWER | {P.KEY_OWN}
_OWNER = frozenset(P)
_ADMIN = _OWNER - {P.ORGANIZATION_DELETE, P.ORGANIZATION_TRANSFER}

SYSTEM_ROLES: dict[str, frozenset[Permission]] = {
    OWNER: _OWNER,
    ADMIN: _ADMIN,
    MEMBER: _MEMBER,
    VIEWER: _VIEWER,
}


@dataclass(frozen=True, slots=True)
class Granted:
    """What somebody may do. An owner may everything, what apps will invent included."""

    names: frozenset[str] = frozenset()
    is_owner: bool = False

    def has(self, permission: str) -> bool:
        return self.is_owner or permission in self.names

    def covers(self, other: "Granted") -> bool:
        """Whether all of the other's is also ours: nobody grants, or takes from, what is above them."""
        return self.is_owner or (not other.is_owner and other.names <= self.names)

    def with_(self, other: "Granted") -> "Granted":
        return Granted(self.names | other.names, self.is_owner or other.is_owner)

    def within(self, scopes: Iterable[str]) -> "Granted":
        """What a key with these scopes keeps of it."""
        return Granted(frozenset(scope for scope in scopes if self.has(scope)))


NOTHING = Granted()
