"""People."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from core.models import UUIDModel


class UserManager(BaseUserManager["User"]):
    def find_by_email(self, canonical_email: str | None) -> "User | None":
        """The person with this address; addresses are compared in canonical form only."""
        return self.filter(email=canonical_email).first() if canonical_email else None


class User(UUIDModel, AbstractBaseUser):
    """A person. Claims of OpenID Connect Core 5.1 have their fields here."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        ERASING = "erasing", "being erased"

    class Role(models.TextChoices):
        NONE = "", "no role"
        ADMIN = "admin"
        SUPERADMIN = "superadmin"

    email = models.EmailField(max_length=254, unique=True)
    email_verified = models.BooleanField(default=False)
    given_name = models.CharField(max_length=100, blank=True, default="")
    middle_name = models.CharField(max_length=100, blank=True, default="")
    family_name = models.CharField(max_length=100, blank=True, default="")
    nickname = models.CharField(max_length=100, blank=True, default="")
    locale = models.CharField(max_length=16, blank=True, default="")
    timezone = models.CharField(max_length=64, blank=True, default="")
    phone_number = models.CharField(
        max_length=20, blank=True, default="", help_text="E.164, such as +4930123456."
    )
    phone_number_verified = models.BooleanField(default=False)
    address = models.JSONField(blank=True, default=dict, help_text="Members of OpenID Connect Core 5.1.1.")
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE, db_index=True)
    role = models.CharField(max_length=16, choices=Role, blank=True, default=Role.NONE)
    metadata = models.JSONField(blank=True, default=dict)
    created_at = models.DateTimeField(db_index=True)
    updated_at = models.DateTimeField()
    password_changed_at = models.DateTimeField(null=True, blank=True)
    deletion_due_at = models.DateTimeField(
        null=True, blank=True, help_text="When the account is erased, if nobody takes it back."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=("deletion_due_at",),
                name="accounts_user_deletion",
                condition=models.Q(deletion_due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.status == self.Status.ACTIVE

    @property
    def name(self) -> str:
        """Full name for display, or nothing."""
        return " ".join(filter(None, (self.given_name, self.middle_name, self.family_name)))

    @property
    def personal_words(self) -> tuple[str, ...]:
        """What a password must not be made of."""
        return (self.email, self.given_name, self.middle_name, self.family_name, self.nickname)

    # Django's admin asks these three; who is let in at all is decided in admin_panel.access.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.role != self.Role.NONE

    def has_perm(self, _permission: str, _obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, _app_label: str) -> bool:
        return self.is_staff
