"""Invitations: a mailed link that makes somebody a member."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.models import User
from core import crypto
from core.models import OneTimeModel
from organizations.models.organizations import Organization
from organizations.models.roles import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        """Neither accepted, declined nor revoked; perhaps expired."""
        return self.filter(used_at=None, declined_at=None, revoked_at=None)


class Invitation(OneTimeModel):
    """`used_at`: when it was accepted."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254, help_text="In canonical form.")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    link_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("organization", "email"),
                condition=Q(used_at=None, declined_at=None, revoked_at=None),
                name="one_pending_invitation",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=("organization", "created_at", "id"), name="invitation_list"),
            models.Index(fields=("email",), name="invitation_email"),
        ]

    organization_id: UUID

    def __str__(self) -> str:
        return f"invitation {self.id}"

    @classmethod
    def hash_of(cls, token: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, token)
