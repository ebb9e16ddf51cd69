"""What happens to passkeys, for the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAdded(AuditEvent):
    tag: ClassVar[str] = "passkey.added"
    kind: str
    passkey_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRenamed(AuditEvent):
    tag: ClassVar[str] = "passkey.renamed"
    passkey_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRemoved(AuditEvent):
    tag: ClassVar[str] = "passkey.removed"
    kind: str
    passkey_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeySuspended(AuditEvent):
    """Its counter went back: it may have been copied."""

    tag: ClassVar[str] = "passkey.suspended"
    kind: str
    passkey_id: str
