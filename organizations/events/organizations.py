"""What happens to organizations as a whole."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from audit.events import AuditEvent


def upon(organization_id: UUID) -> dict[str, Any]:
    """The target of an event about the organization itself."""
    return {"target_type": "organization", "target_id": str(organization_id)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationCreated(AuditEvent):
    tag: ClassVar[str] = "organization.created"
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationUpdated(AuditEvent):
    """`slug`: what it is now; addresses with the old one lead nowhere."""

    tag: ClassVar[str] = "organization.updated"
    fields: tuple[str, ...]
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationLogoChanged(AuditEvent):
    tag: ClassVar[str] = "organization.logo_changed"
    has_logo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationDeletionRequested(AuditEvent):
    """It is closed from now on. By an actor, or because nobody was left who could own it."""

    tag: ClassVar[str] = "organization.deletion_requested"
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationDeletionCancelled(AuditEvent):
    tag: ClassVar[str] = "organization.deletion_cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationErased(AuditEvent):
    """Nothing is left of it but its trail."""

    tag: ClassVar[str] = "organization.erased"
    slug: str
