"""What happens to people in organizations. The target is the person: they find it in their own activity."""

from dataclasses import dataclass
from typing import Any, ClassVar

from audit.events import AuditEvent
from organizations.models import Membership


def about(membership: Membership) -> dict[str, Any]:
    """The target of an event about this member."""
    return {"target_type": "user", "target_id": str(membership.user_id)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRoleChanged(AuditEvent):
    """Keys of roles."""

    tag: ClassVar[str] = "organization.member_role_changed"
    old_role: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSuspended(AuditEvent):
    tag: ClassVar[str] = "organization.member_suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberResumed(AuditEvent):
    tag: ClassVar[str] = "organization.member_resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved(AuditEvent):
    tag: ClassVar[str] = "organization.member_removed"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(AuditEvent):
    tag: ClassVar[str] = "organization.member_left"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipTransferred(AuditEvent):
    """The actor is an admin from now on, the target an owner."""

    tag: ClassVar[str] = "organization.ownership_transferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipInherited(AuditEvent):
    """The last owner's account was erased, and the longest-serving admin owns the organization now."""

    tag: ClassVar[str] = "organization.ownership_inherited"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultOrganizationChanged(AuditEvent):
    """Where the person starts from now on; `is_default` is false where they start nowhere."""

    tag: ClassVar[str] = "organization.default_changed"
    is_default: bool
