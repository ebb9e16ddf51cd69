"""People."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from core.models import UUIDModel


class UserManager(BaseUserManager["User"]):
    def find_by_email(self, canonical_email: str | None) -> "User | None":
        """The person with this address, primary or further; they are compared in canonical form only."""
        if not canonical_email:
            return None
        found = self.filter(email=canonical_email).first()
        return found or self.filter(further_addresses__email=canonical_email).first()


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

    password = models.CharField(max_length=256)  # hashes of other systems are longer than Django's 128
    email = models.EmailField(max_length=254, unique=True)
    email_verified = models.BooleanField(default=False)
    email_vouched_only = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Verified by the word of a provider that does not run the mailbox; nothing mailed came back yet.",
    )
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
    website = models.CharField(max_length=255, blank=True, default="", db_default="")
    profile_url = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="The claim `profile`."
    )
    gender = models.CharField(max_length=64, blank=True, default="", db_default="")
    birthdate = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="1990-04-30, 0000-04-30 or 1990."
    )
    picture_key = models.CharField(
        max_length=43, blank=True, default="", db_default="", help_text="The key of the person's avatar."
    )
    preferences = models.JSONField(
        blank=True,
        default=dict,
        db_default={},
        help_text="What differs from `accounts.preferences.DEFAULTS`.",
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE, db_index=True)
    role = models.CharField(max_length=16, choices=Role, blank=True, default=Role.NONE)
    metadata = models.JSONField(blank=True, default=dict)
    created_at = models.DateTimeField(db_index=True)
    updated_at = models.DateTimeField()
    password_changed_at = models.DateTimeField(null=True, blank=True)
    password_reset_required = models.BooleanField(
        default=False, db_default=False, help_text="The password opens nothing until it is reset by mail."
    )
    mfa_enabled_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since when a sign-in asks for a second factor; kept by `mfa.services.factors`.",
    )
    mfa_due_at = models.DateTimeField(
        null=True, blank=True, help_text="Until when they may do without, where one is demanded."
    )
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
    def initials(self) -> str:
        """One or two letters that stand where there is no picture."""
        letters = [word[0] for word in (self.given_name, self.family_name) if word]
        return "".join(letters or self.email[:1]).upper()

    @property
    def picture(self) -> str:
        """The address of the person's picture, or nothing."""
        return f"{settings.JANUA.base_url}/avatars/{self.picture_key}.png" if self.picture_key else ""

    @property
    def has_password(self) -> bool:
        """People who came by another door have none until they set one."""
        return bool(self.password) and self.has_usable_password()

    @property
    def has_mfa(self) -> bool:
        """Whether a sign-in asks for a second factor."""
        return self.mfa_enabled_at is not None

    mfa_enabled = has_mfa  # its name in the API

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
