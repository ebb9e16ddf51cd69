"""What happens at the console, for the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleDenied(AuditEvent):
    """Somebody signed in asked for a console page that is not for them."""

    tag: ClassVar[str] = "console.denied"
