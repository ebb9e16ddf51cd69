"""Organizations, and who belongs to them."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from accounts.models import User
from core.models import UUIDModel
from organizations.models.roles import Role


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def of(self, user: User) -> Self:
        """Those the person belongs to now: to anybody else they are not there."""
        return self.filter(memberships__user=user, memberships__suspended_at=None, erasing_at=None)


class Organization(UUIDModel):
    """People who work together. Its row is the lock of all that says who may do what in it (`services.access`)."""

    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=63, unique=True, help_text="Its name in addresses.")
    logo_key = models.CharField(max_length=43, blank=True, default="", help_text="The key of its logo.")
    metadata = models.JSONField(blank=True, default=dict)
    created_at = models.DateTimeField(db_index=True)
    updated_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True, blank=True, help_text="Shut by an operator.")
    deletion_due_at = models.DateTimeField(
        null=True, blank=True, help_text="When it is erased, if no owner takes it back."
    )
    erasing_at = models.DateTimeField(
        null=True, blank=True, help_text="When its erasure began: nobody takes it back any more."
    )

    objects: ClassVar = OrganizationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=("deletion_due_at",),
                name="organization_deletion",
                condition=Q(deletion_due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether people work in it: neither shut nor about to be erased."""
        return self.suspended_at is None and self.deletion_due_at is None


class OrganizationLogo(models.Model):
    """A logo as we encoded it anew. `key` is all of its address."""

    key = models.CharField(max_length=43, primary_key=True)
    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="logo")
    png = models.BinaryField()

    def __str__(self) -> str:
        return f"logo of {self.organization_id}"


class Membership(UUIDModel):
    """A person's place in an organization: one role, and what groups and further grants add."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")
    is_default = models.BooleanField(default=False, help_text="Where the person starts.")
    joined_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "user"), name="one_membership"),
            models.UniqueConstraint(
                fields=("user",), condition=Q(is_default=True), name="one_default_organization"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("organization", "joined_at", "id"), name="membership_list")]

    user_id: UUID
    organization_id: UUID

    def __str__(self) -> str:
        return f"membership {self.id}"

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None
