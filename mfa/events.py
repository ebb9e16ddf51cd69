"""What happens to people's second factors, for the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorSetUpBegun(AuditEvent):
    """A factor waits for its first code; it counts nowhere yet."""

    tag: ClassVar[str] = "mfa.set_up_begun"
    method: str
    factor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorSetUpRefused(AuditEvent):
    """The first code of a factor was wrong."""

    tag: ClassVar[str] = "mfa.set_up_refused"
    method: str
    factor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorAdded(AuditEvent):
    tag: ClassVar[str] = "mfa.factor_added"
    method: str
    factor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRenamed(AuditEvent):
    tag: ClassVar[str] = "mfa.factor_renamed"
    method: str
    factor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRemoved(AuditEvent):
    """`is_off`: it was the last, two-step sign-in is off."""

    tag: ClassVar[str] = "mfa.factor_removed"
    method: str
    factor_id: str
    is_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoStepDisabled(AuditEvent):
    """Every factor went at once; `methods` are those that there were."""

    tag: ClassVar[str] = "mfa.disabled"
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesMade(AuditEvent):
    """A new set; the ones before are void."""

    tag: ClassVar[str] = "mfa.recovery_codes_made"
    count: int
