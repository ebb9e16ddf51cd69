"""What operators do to providers, for the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialProviderAdded(AuditEvent):
    tag: ClassVar[str] = "social_provider.added"
    slug: str
    connection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialProviderChanged(AuditEvent):
    tag: ClassVar[str] = "social_provider.changed"
    slug: str
    connection: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SocialProviderRemoved(AuditEvent):
    tag: ClassVar[str] = "social_provider.removed"
    slug: str
    connection: str
