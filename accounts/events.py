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
class DataExportRequested(AuditEvent):
    tag: ClassVar[str] = "data_export.requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExportReady(AuditEvent):
    tag: ClassVar[str] = "data_export.ready"
    tables: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExportDownloaded(AuditEvent):
    tag: ClassVar[str] = "data_export.downloaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionRequested(AuditEvent):
    tag: ClassVar[str] = "user.deletion_requested"
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionCancelled(AuditEvent):
    tag: ClassVar[str] = "user.deletion_cancelled"
    by: str  # "person" or "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserErased(AuditEvent):
    """The last that the trail says of somebody, by id only."""

    tag: ClassVar[str] = "user.erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPublished(AuditEvent):
    tag: ClassVar[str] = "terms.published"
    kind: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted(AuditEvent):
    tag: ClassVar[str] = "terms.accepted"
    versions: tuple[str, ...]
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeDefined(AuditEvent):
    tag: ClassVar[str] = "consent_purpose.defined"
    name: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeConsentChanged(AuditEvent):
    """A yes or no to a purpose, in that version of its words."""

    tag: ClassVar[str] = "consent_purpose.answered"
    name: str
    version: int
    is_granted: bool


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
