"""Keys of machines, and the accounts that are nobody's."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.models import User
from core import crypto
from core.models import UUIDModel
from organizations.models.organizations import Organization
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
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(service_account__isnull=True), name="one_owner_of_key"
            )
        ]
        indexes: ClassVar = [models.Index(fields=("organization", "created_at", "id"), name="api_key_list")]

    organization_id: UUID

    def __str__(self) -> str:
        return f"{self.hint}…"

    @classmethod
    def hash_of(cls, secret: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, secret)
