"""Invitations: a mailed link that makes somebody a member."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.models import User
from core import crypto
from core.models import OneTimeModel
from organizations.models.keys import ServiceAccount
from organizations.models.organizations import Organization
from organizations.models.roles import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self) -> Self:
        """Neither accepted, declined nor revoked; perhaps expired."""
        return self.filter(used_at=None, declined_at=None, revoked_at=None)

    def live(self, now: datetime) -> Self:
        """Those that can still be accepted."""
        return self.pending().filter(expires_at__gt=now)

    def due(self, now: datetime) -> Self:
        """Those whose mail waits to be written; those of closed organizations wait on."""
        is_open = Q(organization__suspended_at=None, organization__deletion_due_at=None)
        return self.live(now).filter(is_open, mail_due_at__lte=now)

    def shown(self) -> Self:
        """With what every list and page tells of them."""
        return self.select_related("organization", "role", "invited_by", "invited_by_account")


class State(models.TextChoices):
    """Where an invitation stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Invitation(OneTimeModel):
    """`used_at`: when it was accepted.

    Who invited, a person or a service account, answers for it until it is accepted (`services.invitation_rules`).
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254, help_text="In canonical form.")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    invited_by_account = models.ForeignKey(
        ServiceAccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    locale = models.CharField(
        max_length=16, blank=True, default="", help_text="Of who invited: for a mailbox we do not know."
    )
    link_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When the last mail was written.")
    mail_due_at = models.DateTimeField(
        null=True, blank=True, help_text="Set while a mail waits to be written."
    )
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
            models.Index(
                fields=("mail_due_at",), name="invitation_mail", condition=Q(mail_due_at__isnull=False)
            ),
        ]

    organization_id: UUID
    invited_by_id: UUID | None
    invited_by_account_id: UUID | None

    def __str__(self) -> str:
        return f"invitation {self.id}"

    def state_at(self, now: datetime) -> State:
        if self.used_at:
            return State.ACCEPTED
        if self.declined_at:
            return State.DECLINED
        if self.revoked_at:
            return State.REVOKED
        return State.PENDING if self.expires_at > now else State.EXPIRED

    @property
    def inviter_name(self) -> str:
        """Who invited, as the invited may read it; nothing once they are gone."""
        if self.invited_by:
            return self.invited_by.name or self.invited_by.email
        return self.invited_by_account.name if self.invited_by_account else ""

    @property
    def masked_email(self) -> str:
        """The address for whoever holds the link, which may have been passed on."""
        local, _, domain = self.email.rpartition("@")
        return f"{local[:1]}…@{domain}"

    @classmethod
    def hash_of(cls, token: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, token)
