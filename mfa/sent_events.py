"""Codes that are sent, for the audit trail."""

from dataclasses import dataclass, field
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorCodeSent(AuditEvent):
    """A code of a second factor left for the person's phone or mailbox."""

    tag: ClassVar[str] = "mfa.code_sent"
    method: str
    purpose: str
    phone_number: str = field(default="", metadata={"personal": True})
