"""Who asked for an organization that is not theirs."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationAccessDenied(AuditEvent):
    """Somebody named an organization in which they have no place. Of the installation's trail: who strangers are, and
    whence they come, is its operators' business, who see all organizations that one asks for; and no stranger writes
    into the trail of an organization, nor holds its lock."""

    tag: ClassVar[str] = "organization.access_denied"
    result: Result = "denied"
