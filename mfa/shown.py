"""A person's two-step sign-in as pages and the API show it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from mfa.authenticators import KINDS
from mfa.methods import LABELS, Method
from mfa.models import Factor, Passkey
from mfa.services import recovery_codes

FEW_CODES = 3
"""Fewer recovery codes than this are a reason to make new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFactor:
    """A factor in words."""

    id: UUID
    method: Method
    name: str
    label: str
    created_at: datetime
    last_used_at: datetime | None
    url: str
    is_stopped: bool = False

    @classmethod
    def of_key(cls, key: Passkey) -> "ShownFactor":
        """A security key: `/account/security/passkeys` is where it is changed. A stopped one still keeps two-step
        sign-in on (`mfa.services.factors`), so it is shown."""
        return cls(
            id=key.id,
            method=Method.PASSKEY,
            name=key.name,
            label=str(KINDS[Passkey.Kind.SECURITY_KEY]),
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            url=f"/account/security/passkeys/{key.id}",
            is_stopped=key.suspended_at is not None,
        )

    @classmethod
    def of(cls, factor: Factor) -> "ShownFactor":
        method = Method(factor.method)
        return cls(
            id=factor.id,
            method=method,
            name=factor.name,
            label=str(LABELS[method]),
            created_at=factor.created_at,
            last_used_at=factor.last_used_at,
            url=f"/account/security/factors/{factor.id}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Whether two-step sign-in is on, since when, by what."""

    enabled: bool
    enabled_at: datetime | None
    methods: list[ShownFactor]
    recovery_codes_left: int

    @property
    def has_few_codes(self) -> bool:
        return self.enabled and self.recovery_codes_left < FEW_CODES


def status_of(user: User) -> Status:
    """Three statements; none for people without."""
    if not user.has_mfa:
        return Status(enabled=False, enabled_at=None, methods=[], recovery_codes_left=0)
    found = Factor.objects.of(user).order_by("created_at", "id")
    keys = Passkey.objects.filter(user=user, confirmed=True, kind=Passkey.Kind.SECURITY_KEY)
    return Status(
        enabled=user.has_mfa,
        enabled_at=user.mfa_enabled_at,
        methods=[*map(ShownFactor.of, found), *map(ShownFactor.of_key, keys.order_by("created_at", "id"))],
        recovery_codes_left=recovery_codes.count_left(user),
    )
