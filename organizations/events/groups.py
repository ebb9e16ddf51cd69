"""What happens to groups. The target is the group."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCreated(AuditEvent):
    tag: ClassVar[str] = "group.created"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanged(AuditEvent):
    tag: ClassVar[str] = "group.changed"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDeleted(AuditEvent):
    tag: ClassVar[str] = "group.deleted"
    name: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMemberAdded(AuditEvent):
    """`user_id`: who came in."""

    tag: ClassVar[str] = "group.member_added"
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMemberRemoved(AuditEvent):
    tag: ClassVar[str] = "group.member_removed"
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRoleAdded(AuditEvent):
    """`role`: its key. All members of the group have it now."""

    tag: ClassVar[str] = "group.role_added"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRoleRemoved(AuditEvent):
    tag: ClassVar[str] = "group.role_removed"
    role: str
