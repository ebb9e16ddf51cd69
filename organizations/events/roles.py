"""What happens to roles, and to who has them."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCreated(AuditEvent):
    tag: ClassVar[str] = "role.created"
    key: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged(AuditEvent):
    """`added` and `removed`: permissions."""

    tag: ClassVar[str] = "role.changed"
    key: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDeleted(AuditEvent):
    """`moved_to`: the key of the role that its holders have now; empty where there were none."""

    tag: ClassVar[str] = "role.deleted"
    key: str
    moved_to: str = ""
    members: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(AuditEvent):
    """A further role for one member; the person is the target."""

    tag: ClassVar[str] = "role.granted"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaken(AuditEvent):
    tag: ClassVar[str] = "role.taken"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRoleChanged(AuditEvent):
    """An operator changed what a system role may do in apps, in every organization."""

    tag: ClassVar[str] = "role.system_changed"
    added: tuple[str, ...]
    removed: tuple[str, ...]
