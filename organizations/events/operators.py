"""What operators of the installation do to organizations.

`from_outside` says of any event in an organization's trail that whoever did it needed no place in it: whence they came
is not told there (`organizations.services.trail.Line`).
"""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSuspended(AuditEvent):
    """An operator shut it; its owners read the reason."""

    tag: ClassVar[str] = "organization.suspended"
    reason: str
    from_outside: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerAppointed(AuditEvent):
    """An operator made a member its owner, as no owner could act: about the member, in its own chain."""

    tag: ClassVar[str] = "organization.owner_appointed"
    membership_id: str
    old_role: str
    reason: str
    from_outside: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAppointedOwner(OwnerAppointed):
    """The same about the organization, in the installation's chain: it outlives the organization."""

    tag: ClassVar[str] = "operator.owner_appointed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationReopened(AuditEvent):
    tag: ClassVar[str] = "organization.reopened"
    reason: str
    from_outside: bool = True
