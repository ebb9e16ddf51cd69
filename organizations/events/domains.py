"""What happens to organizations' domains, for the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainAdded(AuditEvent):
    """It proves nothing yet."""

    tag: ClassVar[str] = "organization.domain_added"
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainVerified(AuditEvent):
    tag: ClassVar[str] = "organization.domain_verified"
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainNotVerified(AuditEvent):
    """Somebody asked, and the record did not stand there; `answer`: absent, or the name servers were unreachable."""

    tag: ClassVar[str] = "organization.domain_not_verified"
    domain: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLapsed(AuditEvent):
    """Its record was not found for days: it is not verified any more."""

    tag: ClassVar[str] = "organization.domain_lapsed"
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainChanged(AuditEvent):
    tag: ClassVar[str] = "organization.domain_changed"
    domain: str
    enrolment: str
    role_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRemoved(AuditEvent):
    tag: ClassVar[str] = "organization.domain_removed"
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEnrolled(AuditEvent):
    """A person joined by a proven address of the domain: at sign-in, or because they took the offer."""

    tag: ClassVar[str] = "organization.member_enrolled"
    domain: str
    enrolment: str
    role_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentDeclined(AuditEvent):
    """A person does not want to join: they have no place there, and whence they came is not told."""

    tag: ClassVar[str] = "organization.enrolment_declined"
    from_outside: bool = True
