"""What happens to people and their sessions, for the audit trail."""

from dataclasses import dataclass, field
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpRequested(AuditEvent):
    tag: ClassVar[str] = "user.sign_up_requested"
    email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCreated(AuditEvent):
    tag: ClassVar[str] = "user.created"
    email: str = field(metadata={"personal": True})
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUpdated(AuditEvent):
    tag: ClassVar[str] = "user.updated"
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSuspended(AuditEvent):
    tag: ClassVar[str] = "user.suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUnlocked(AuditEvent):
    """The counters of wrong passwords and codes begin anew."""

    tag: ClassVar[str] = "user.unlocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserReactivated(AuditEvent):
    tag: ClassVar[str] = "user.reactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerified(AuditEvent):
    tag: ClassVar[str] = "user.email_verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerificationSent(AuditEvent):
    tag: ClassVar[str] = "user.email_verification_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConnected(AuditEvent):
    """An account at another provider opens this one from now on."""

    tag: ClassVar[str] = "identity.connected"
    provider: str
    connection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDisconnected(AuditEvent):
    tag: ClassVar[str] = "identity.disconnected"
    provider: str
    connection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProofSent(AuditEvent):
    """A code is on its way to the mailbox that a provider could not vouch for."""

    tag: ClassVar[str] = "identity.proof_sent"
    provider: str
    email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedSecretRefused(AuditEvent):
    """A wrong, used or expired code or link."""

    tag: ClassVar[str] = "user.mailed_secret_refused"
    kind: str
    email: str = field(default="", metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetRequested(AuditEvent):
    tag: ClassVar[str] = "user.password_reset_requested"
    email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(AuditEvent):
    tag: ClassVar[str] = "user.password_changed"
    by: str  # "change", "reset" or "bootstrap"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted(AuditEvent):
    tag: ClassVar[str] = "session.started"
    kind: str
    amr: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(AuditEvent):
    tag: ClassVar[str] = "session.ended"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SudoCodeSent(AuditEvent):
    """Somebody without a password is about to confirm with a mailed code."""

    tag: ClassVar[str] = "session.sudo_code_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class SudoConfirmed(AuditEvent):
    """A fresh proof before sensitive acts, or the failure of one."""

    tag: ClassVar[str] = "session.sudo_confirmed"
    by: str  # "password" or "mailed_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpLinkMade(AuditEvent):
    """The first operator gets a link to choose a password."""

    tag: ClassVar[str] = "user.set_up_link_made"
