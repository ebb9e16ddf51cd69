"""What happens to what an organization asks of its members, for the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(AuditEvent):
    """`changed`: the names of the settings. `despite`: what the owner's session lacked who changed it all the same."""

    tag: ClassVar[str] = "organization.policy_changed"
    changed: tuple[str, ...]
    despite: str = ""
