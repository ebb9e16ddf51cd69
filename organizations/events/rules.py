"""What happens to an organization's rules. The target is the rule."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCreated(AuditEvent):
    tag: ClassVar[str] = "rule.created"
    name: str
    effect: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanged(AuditEvent):
    tag: ClassVar[str] = "rule.changed"
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDeleted(AuditEvent):
    tag: ClassVar[str] = "rule.deleted"
    name: str
    effect: str
    actions: tuple[str, ...]
