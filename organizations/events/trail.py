"""Taking the trail along."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailExported(AuditEvent):
    """Somebody took lines of the organization's trail along; `narrowed_by` names the filters."""

    tag: ClassVar[str] = "organization.audit_exported"
    format: str
    narrowed_by: tuple[str, ...]
