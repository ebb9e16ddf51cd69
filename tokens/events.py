"""What happens to keys and tokens, for the audit trail."""

from dataclasses import dataclass
from typing import ClassVar

from audit.events import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensIssued(AuditEvent):
    tag: ClassVar[str] = "token.issued"
    grant_type: str
    scope: str
    organization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRefreshed(AuditEvent):
    """`organization`: the id of the one that the tokens are for from now on; empty for none."""

    tag: ClassVar[str] = "token.refreshed"
    organization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRefreshRetried(AuditEvent):
    """The same refresh token came twice within the retry window and got the same successor."""

    tag: ClassVar[str] = "token.refresh_retried"
    organization: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRefreshRefused(AuditEvent):
    tag: ClassVar[str] = "token.refresh_refused"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFamilyRevoked(AuditEvent):
    tag: ClassVar[str] = "token.family_revoked"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenRevoked(AuditEvent):
    tag: ClassVar[str] = "token.access_token_revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyRotated(AuditEvent):
    tag: ClassVar[str] = "signing_key.rotated"
    kid: str
    algorithm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKeyRevoked(AuditEvent):
    tag: ClassVar[str] = "signing_key.revoked"
    kid: str
