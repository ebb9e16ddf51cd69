"""What happens at the door, for the audit trail."""

from dataclasses import dataclass, field
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSucceeded(AuditEvent):
    tag: ClassVar[str] = "login.succeeded"
    door: str
    amr: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginChallenged(AuditEvent):
    """One thing is proven; the person is asked for a second factor."""

    tag: ClassVar[str] = "login.challenged"
    door: str
    amr: tuple[str, ...]
    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRefused(AuditEvent):
    """A wrong answer to the challenge of a login."""

    tag: ClassVar[str] = "login.factor_refused"
    door: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInCodeRequested(AuditEvent):
    """Somebody asked for a code by mail; without a target there is no such account."""

    tag: ClassVar[str] = "login.code_requested"
    email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRefused(AuditEvent):
    """The same line for an unknown person and a wrong password."""

    tag: ClassVar[str] = "login.refused"
    door: str
    reason: str
    email: str = field(default="", metadata={"personal": True})
