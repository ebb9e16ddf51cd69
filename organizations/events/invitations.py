"""What happens to invitations, for the audit trail. The invited address can be erased, the rest stays."""

from dataclasses import dataclass, field
from typing import ClassVar

from audit.events import PERSONAL, AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCreated(AuditEvent):
    tag: ClassVar[str] = "invitation.created"
    role: str
    email: str = field(metadata=PERSONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsCreated(AuditEvent):
    """Many at once. The line `invitation.mailed` of each names its address."""

    tag: ClassVar[str] = "invitation.created_many"
    roles: dict[str, int]
    """How many for each role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationMailed(AuditEvent):
    """One of many went to its mailbox."""

    tag: ClassVar[str] = "invitation.mailed"
    role: str
    email: str = field(metadata=PERSONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationResent(AuditEvent):
    """A new link; whoever sent it answers for the invitation from now on."""

    tag: ClassVar[str] = "invitation.resent"
    role: str
    email: str = field(metadata=PERSONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRevoked(AuditEvent):
    tag: ClassVar[str] = "invitation.revoked"
    email: str = field(metadata=PERSONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAccepted(AuditEvent):
    """A person is a member now."""

    tag: ClassVar[str] = "invitation.accepted"
    role: str
    membership_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationDeclined(AuditEvent):
    """Whoever it was has no place in the organization: whence they came is not told there (`events.operators`)."""

    tag: ClassVar[str] = "invitation.declined"
    from_outside: bool = True
