"""What happens to people and their sessions, for the audit trail."""

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from audit.events import AuditEvent


def by_oneself(user_id: UUID) -> dict[str, Any]:
    """For events of what people do to their own account."""
    return {"actor_type": "user", "actor_id": user_id, "target_type": "user", "target_id": str(user_id)}


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
class AvatarChanged(AuditEvent):
    """A person set a picture, or took it away."""

    tag: ClassVar[str] = "user.avatar_changed"
    has_picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesChanged(AuditEvent):
    """Which of the preferences we know; those of apps are not named."""

    tag: ClassVar[str] = "user.preferences_changed"
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
class EmailAdditionRequested(AuditEvent):
    """A person wants a further address, or another primary one."""

    tag: ClassVar[str] = "user.email_addition_requested"
    email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailAdded(AuditEvent):
    tag: ClassVar[str] = "user.email_added"
    email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailRemoved(AuditEvent):
    tag: ClassVar[str] = "user.email_removed"
    email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryEmailChanged(AuditEvent):
    tag: ClassVar[str] = "user.primary_email_changed"
    email: str = field(metadata={"personal": True})
    old_email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryEmailReverted(AuditEvent):
    """The owner of the old address took a change back."""

    tag: ClassVar[str] = "user.primary_email_reverted"
    email: str = field(metadata={"personal": True})
    removed_email: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCodeSent(AuditEvent):
    tag: ClassVar[str] = "user.phone_code_sent"
    phone_number: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCodeRefused(AuditEvent):
    tag: ClassVar[str] = "user.phone_code_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneVerified(AuditEvent):
    tag: ClassVar[str] = "user.phone_verified"
    phone_number: str = field(metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRemoved(AuditEvent):
    tag: ClassVar[str] = "user.phone_removed"
    phone_number: str = field(metadata={"personal": True})


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
class PasswordResetRequired(AuditEvent):
    """The password opens nothing any more until it is reset by mail."""

    tag: ClassVar[str] = "user.password_reset_required"
    because: str  # "operator" or "breached"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(AuditEvent):
    tag: ClassVar[str] = "user.password_changed"
    by: str  # "change", "first", "reset" or "bootstrap"


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
class DeviceForgotten(AuditEvent):
    """A person took a browser from the list of known ones."""

    tag: ClassVar[str] = "device.forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTrusted(AuditEvent):
    """A browser needs no second factor for so many days."""

    tag: ClassVar[str] = "device.trusted"
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTrustEnded(AuditEvent):
    """A browser is asked for the second factor again."""

    tag: ClassVar[str] = "device.trust_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInDisowned(AuditEvent):
    """'This wasn't me': the owner locks everybody out, by the mail about a new device."""

    tag: ClassVar[str] = "user.sign_in_disowned"
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SudoCodeSent(AuditEvent):
    """Somebody without a password is about to confirm with a mailed code."""

    tag: ClassVar[str] = "session.sudo_code_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSetAside(AuditEvent):
    """Another account goes on in this browser; the session waits to be chosen again."""

    tag: ClassVar[str] = "session.set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResumed(AuditEvent):
    """The person chose this session among those of the browser."""

    tag: ClassVar[str] = "session.resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SudoConfirmed(AuditEvent):
    """A fresh proof before sensitive acts, or the failure of one."""

    tag: ClassVar[str] = "session.sudo_confirmed"
    by: str  # "password" or "mailed_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpLinkMade(AuditEvent):
    """The first operator gets a link to choose a password."""

    tag: ClassVar[str] = "user.set_up_link_made"
