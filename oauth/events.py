"""What happens between clients and people, for the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRegistered(AuditEvent):
    tag: ClassVar[str] = "client.registered"
    name: str
    grant_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDisabled(AuditEvent):
    tag: ClassVar[str] = "client.disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientEnabled(AuditEvent):
    tag: ClassVar[str] = "client.enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientUpdated(AuditEvent):
    tag: ClassVar[str] = "client.updated"
    fields: tuple[str, ...]
    has_lost_verification: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDeleted(AuditEvent):
    tag: ClassVar[str] = "client.deleted"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecretRotated(AuditEvent):
    tag: ClassVar[str] = "client.secret_rotated"
    secret_id: str
    grace_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecretRevoked(AuditEvent):
    tag: ClassVar[str] = "client.secret_revoked"
    secret_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientVerified(AuditEvent):
    """An operator vouches for the publisher, or does so no longer."""

    tag: ClassVar[str] = "client.verified"
    is_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTransferred(AuditEvent):
    """Owners by id; nobody is empty."""

    tag: ClassVar[str] = "client.transferred"
    from_owner: str
    to_owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTokensEnded(AuditEvent):
    tag: ClassVar[str] = "client.tokens_ended"
    families: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLogoChanged(AuditEvent):
    """`digest` of the new picture; empty when it was taken away."""

    tag: ClassVar[str] = "client.logo_changed"
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEnded(AuditEvent):
    """The client's owner or an operator took a person's consent away; the person is the target."""

    tag: ClassVar[str] = "consent.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGranted(AuditEvent):
    tag: ClassVar[str] = "consent.granted"
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDenied(AuditEvent):
    tag: ClassVar[str] = "consent.denied"
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRevoked(AuditEvent):
    tag: ClassVar[str] = "consent.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCodeIssued(AuditEvent):
    tag: ClassVar[str] = "authorization_code.issued"
    scope: str
    organization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCodeRefused(AuditEvent):
    """Unknown, expired, replayed, another client's, or with the wrong verifier."""

    tag: ClassVar[str] = "authorization_code.refused"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAuthenticationFailed(AuditEvent):
    tag: ClassVar[str] = "client.authentication_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientsSignedOut(AuditEvent):
    """A client had a session ended: which clients lost the tokens that hung on it."""

    tag: ClassVar[str] = "session.clients_signed_out"
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCodeIssued(AuditEvent):
    tag: ClassVar[str] = "device_code.issued"
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCodeApproved(AuditEvent):
    tag: ClassVar[str] = "device_code.approved"
    scope: str
    organization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCodeDenied(AuditEvent):
    tag: ClassVar[str] = "device_code.denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCodeRefused(AuditEvent):
    """Another client's, redeemed before, or allowed by somebody who is signed out by now."""

    tag: ClassVar[str] = "device_code.refused"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCodeRefused(AuditEvent):
    """Somebody entered a code that no device waits with: a slip, or a guess."""

    tag: ClassVar[str] = "user_code.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOrganizationChanged(AuditEvent):
    """Sign-ins to the client look like the organization's (`to_organization`), or no more (`from_organization`): of a
    move each of the two has its own line. From outside: by who manages the client alone, perhaps an operator or
    somebody who left."""

    tag: ClassVar[str] = "client.organization_changed"
    from_organization: str
    to_organization: str
    from_outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPermissionDefined(AuditEvent):
    """A permission of the client has a name, or is described anew."""

    tag: ClassVar[str] = "client.permission_defined"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPermissionDeleted(AuditEvent):
    """`roles`: how many lost it."""

    tag: ClassVar[str] = "client.permission_deleted"
    name: str
    roles: int
