"""Keys of machines, and the accounts that are nobody's."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, Expression, OuterRef, Q

from accounts.models import User
from core import crypto
from core.models import UUIDModel
from organizations.models.organizations import Membership, Organization
from organizations.models.roles import Role


class ServiceAccount(UUIDModel):
    """A program that works in an organization under a role, and stays when people leave."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="service_accounts")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True, default="")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="service_accounts")
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "name"), name="service_account_in_organization")
        ]

    organization_id: UUID

    def __str__(self) -> str:
        return self.name


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def alive(self, now: datetime | Expression) -> Self:
        """What opens something now: neither revoked nor expired, of an open organization, of an owner who works there.

        Read downward, so that nobody who suspends, removes, disables or closes has to think of keys. Who left and
        came back begins anew: keys from before stay dead.
        """
        places = Membership.objects.filter(
            organization=OuterRef("organization"),
            user=OuterRef("user"),
            user__status=User.Status.ACTIVE,
            suspended_at=None,
            joined_at__lte=OuterRef("created_at"),
        )
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            Q(service_account__isnull=False, service_account__disabled_at=None) | Exists(places),
            revoked_at=None,
            organization__suspended_at=None,
            organization__deletion_due_at=None,
        )

    def with_owners(self) -> Self:
        return self.select_related("organization", "user", "service_account__role")


class ApiKey(UUIDModel):
    """A secret `jnu_sk_…`, known by its hash. It acts for its owner in one organization, and may never more."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys", null=True, blank=True)
    service_account = models.ForeignKey(
        ServiceAccount, on_delete=models.CASCADE, related_name="api_keys", null=True, blank=True
    )
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=16, help_text="How it begins, to tell it from others.")
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text="Permissions; it has those of them that its owner has.")
    networks = models.JSONField(default=list, blank=True, help_text="CIDRs; empty: from everywhere.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True, help_text="When its end was announced by mail.")
    rotated_at = models.DateTimeField(null=True, blank=True)
    previous_hash = models.CharField(
        max_length=64, unique=True, null=True, blank=True, help_text="Of the secret before the last rotation."
    )
    previous_expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(service_account__isnull=True), name="one_owner_of_key"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=("organization", "created_at", "id"), name="api_key_list"),
            models.Index(fields=("expires_at",), name="api_key_end"),
            models.Index(
                fields=("revoked_at",), name="api_key_revoked", condition=Q(revoked_at__isnull=False)
            ),
            models.Index(
                fields=("expires_at",),
                name="api_key_to_warn_of",
                condition=Q(expires_at__isnull=False, revoked_at=None, warned_at=None),
            ),
        ]

    organization_id: UUID
    user_id: UUID | None
    service_account_id: UUID | None

    def __str__(self) -> str:
        return f"{self.hint}…"

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    @classmethod
    def hash_of(cls, secret: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, secret)
