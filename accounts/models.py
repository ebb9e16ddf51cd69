"""People, their sessions, and the mailed secrets with which they prove a mailbox."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F

from core import crypto
from core.consume import consume, update_returning
from core.models import OneTimeModel, UUIDModel, uuid7


class UserManager(BaseUserManager["User"]):
    def find_by_email(self, canonical_email: str | None) -> "User | None":
        """The person with this address; addresses are compared in canonical form only."""
        return self.filter(email=canonical_email).first() if canonical_email else None


class User(UUIDModel, AbstractBaseUser):
    """A person. Claims of OpenID Connect Core 5.1 have their fields here."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"

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

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

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


class SessionQuerySet(models.QuerySet["Session"]):
    def alive(self, now: datetime) -> Self:
        """Neither ended nor past its absolute life, of a person who may be here."""
        return self.filter(ended_at=None, expires_at__gt=now, user__status=User.Status.ACTIVE)


class Session(UUIDModel):
    """A signed-in person on one device: in a browser (cookie) or through the API (refresh tokens)."""

    class Kind(models.TextChoices):
        BROWSER = "browser"
        API = "api"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=8, choices=Kind)
    secret_hash = models.CharField(max_length=64, unique=True)
    amr = models.JSONField(default=list, help_text="How the person proved to be it (RFC 8176).")
    acr = models.CharField(max_length=64, default="", blank=True)
    auth_time = models.DateTimeField()
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    idle_until = models.DateTimeField()
    idle_seconds = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True, default="")

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("user", "ended_at")),)

    def __str__(self) -> str:
        return f"{self.kind} session {self.id}"

    def is_alive(self, now: datetime) -> bool:
        return (
            self.ended_at is None and now < self.expires_at and now < self.idle_until and self.user.is_active
        )


class MailedSecretQuerySet(models.QuerySet[Any]):
    def live(self, now: datetime) -> Self:
        return self.filter(used_at=None, expires_at__gt=now)


class MailedSecret(OneTimeModel):
    """A code and a link sent to a mailbox; whichever comes back first proves it.

    The code is short, so only `MAX_GUESSES` guesses are heard; the link is 256 bits.
    """

    MAX_GUESSES: ClassVar[int] = 5

    email = models.EmailField(max_length=254, db_index=True)
    LIFETIME: ClassVar[timedelta]
    CODE_DIGITS: ClassVar[int]

    code_hash = models.CharField(max_length=64)
    link_hash = models.CharField(max_length=64, unique=True)
    guesses = models.PositiveSmallIntegerField(default=0)

    objects = MailedSecretQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def hash_of_link(cls, token: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, token)

    @classmethod
    def hash_of_code(cls, row_id: UUID, code: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, f"{row_id}:{code}")

    @classmethod
    def redeem_link(cls, token: str, *, now: datetime) -> Self | None:
        """Use the secret up by its link."""
        return consume(cls.objects.filter(link_hash=cls.hash_of_link(token)), now=now)

    @classmethod
    def redeem_code(cls, rows: "models.QuerySet[Self]", code: str, *, now: datetime) -> Self | None:
        """Use up the one of `rows` whose code this is. The guess is counted before it is looked at."""
        open_rows = rows.filter(used_at=None, expires_at__gt=now, guesses__lt=cls.MAX_GUESSES)
        for row in update_returning(open_rows, guesses=F("guesses") + 1):
            if row.code_hash == cls.hash_of_code(row.id, code):
                return consume(cls.objects.filter(pk=row.pk), now=now)
        return None


class SignUp(MailedSecret):
    """A sign-up that waits for its mailbox to be proven. The user comes into being only then.

    The password belongs to the sign-up, not to the address: whoever signs up with somebody else's
    address never has a password on that person's account (pre-hijacking).
    """

    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    CODE_DIGITS: ClassVar[int] = 6

    user_id = models.UUIDField(default=uuid7)
    password = models.CharField(max_length=128)
    given_name = models.CharField(max_length=100, blank=True, default="")
    family_name = models.CharField(max_length=100, blank=True, default="")
    locale = models.CharField(max_length=16, blank=True, default="")

    def __str__(self) -> str:
        return f"sign-up {self.id}"


class EmailVerification(MailedSecret):
    """A user who exists proves the mailbox of the account."""

    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    CODE_DIGITS: ClassVar[int] = 6

    user = models.ForeignKey(User, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"e-mail verification {self.id}"


class PasswordReset(MailedSecret):
    """Somebody asked to reset the password of an address. Without a user it leads nowhere, at the same cost."""

    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    CODE_DIGITS: ClassVar[int] = 8

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)

    def __str__(self) -> str:
        return f"password reset {self.id}"
