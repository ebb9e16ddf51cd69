"""What happens to API keys and service accounts. The target is the key or the account, by its id."""

from dataclasses import dataclass
from typing import Any, ClassVar

from audit.events import AuditEvent
from organizations.models import ApiKey, ServiceAccount


def about_key(key: ApiKey) -> dict[str, Any]:
    """Target and owner of an event about this key."""
    return {
        "target_type": "api_key",
        "target_id": str(key.id),
        "owner_type": "service_account" if key.service_account_id else "user",
        "owner_id": str(key.service_account_id or key.user_id),
    }


def about_account(account: ServiceAccount) -> dict[str, Any]:
    return {"target_type": "service_account", "target_id": str(account.id)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCreated(AuditEvent):
    tag: ClassVar[str] = "api_key.created"
    owner_type: str
    owner_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRotated(AuditEvent):
    """The secret before it works for `overlap_hours` longer."""

    tag: ClassVar[str] = "api_key.rotated"
    owner_type: str
    owner_id: str
    overlap_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(AuditEvent):
    tag: ClassVar[str] = "api_key.revoked"
    owner_type: str
    owner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccountCreated(AuditEvent):
    tag: ClassVar[str] = "service_account.created"
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccountUpdated(AuditEvent):
    """The names of what changed, and the role as it is now."""

    tag: ClassVar[str] = "service_account.updated"
    changed: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccountDisabled(AuditEvent):
    tag: ClassVar[str] = "service_account.disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccountEnabled(AuditEvent):
    tag: ClassVar[str] = "service_account.enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccountDeleted(AuditEvent):
    """Its keys went with it."""

    tag: ClassVar[str] = "service_account.deleted"
    name: str
    keys: int
