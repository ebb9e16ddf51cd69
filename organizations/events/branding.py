"""What happens to how an organization looks."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandingChanged(AuditEvent):
    """Empty colours are Janua's own."""

    tag: ClassVar[str] = "organization.branding_changed"
    accent: str
    accent_dark: str
    corners: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandingRemoved(AuditEvent):
    tag: ClassVar[str] = "organization.branding_removed"
