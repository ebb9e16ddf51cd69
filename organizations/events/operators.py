"""What operators of the installation do to organizations."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSuspended(AuditEvent):
    """An operator shut it; its owners read the reason."""

    tag: ClassVar[str] = "organization.suspended"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationReopened(AuditEvent):
    tag: ClassVar[str] = "organization.reopened"
    reason: str
