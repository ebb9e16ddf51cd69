"""What happens around lost second factors, for the audit trail."""

from dataclasses import dataclass, field
from typing import ClassVar

from audit.events import PERSONAL, AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResetCodeSent(AuditEvent):
    """A sign-in waits for a factor, and whoever signs in says that there is none any more."""

    tag: ClassVar[str] = "mfa.reset_code_sent"
    email: str = field(metadata=PERSONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResetBegun(AuditEvent):
    tag: ClassVar[str] = "mfa.reset_begun"
    reset_id: str
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResetApproved(AuditEvent):
    """An operator knows that it is the person: due at once."""

    tag: ClassVar[str] = "mfa.reset_approved"
    reset_id: str
    reason: str = field(metadata=PERSONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResetCancelled(AuditEvent):
    """`by`: the mailed `link`, or a `factor` that was used after all."""

    tag: ClassVar[str] = "mfa.reset_cancelled"
    reset_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorResetApplied(AuditEvent):
    """A reset was due, and the person signed in: every factor is gone."""

    tag: ClassVar[str] = "mfa.reset_applied"
    reset_id: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsRemovedByOperator(AuditEvent):
    """No reset waited: an operator removed every factor at once."""

    tag: ClassVar[str] = "mfa.removed_by_operator"
    methods: tuple[str, ...]
    reason: str = field(metadata=PERSONAL)
