"""Second factors that answer with a code."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django_otp.models import Device

from accounts.models import CodeModel, User
from core import crypto
from core.fields import SealedTextField
from core.models import UUIDModel


class FactorQuerySet(models.QuerySet[Any]):
    def of(self, user: User) -> Self:
        """Those that the person may answer with."""
        return self.filter(user=user, confirmed=True)


class Factor(UUIDModel, Device):
    """An authenticator app, a phone that gets SMS, or the account's mailbox.

    One table of django-otp's devices, so that all factors of a person are locked and listed by one statement; what a
    method does with its row stands in `mfa.factors`. `confirmed` is False until the first right code: until then it
    counts nowhere.
    """

    class Kind(models.TextChoices):
        TOTP = "totp"
        SMS = "sms"
        EMAIL = "email"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factors")
    method = models.CharField(max_length=16, choices=Kind)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    seed = SealedTextField(purpose="totp-seed", blank=True, default="", help_text="TOTP: base32.")
    last_step = models.BigIntegerField(
        default=-1, help_text="TOTP: codes of this step and before are used up."
    )
    drift = models.SmallIntegerField(default=0, help_text="TOTP: by how many steps the app's clock is off.")
    phone_number = models.CharField(max_length=20, blank=True, default="", help_text="SMS: E.164.")

    objects = FactorQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("user", "confirmed"), name="mfa_factor_of_user"),)

    def __str__(self) -> str:
        return f"{self.method} factor {self.id}"


class SentCode(CodeModel):
    """A code sent by SMS or mail for one sign-in, or one session (`holder`), and good for nothing else."""

    LIFETIME: ClassVar[timedelta] = timedelta(minutes=10)
    CODE_DIGITS: ClassVar[int] = 6

    factor = models.ForeignKey(Factor, on_delete=models.CASCADE, related_name="codes")
    holder = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=("factor", "holder"), name="mfa_sentcode_of_factor"),)

    def __str__(self) -> str:
        return f"sent code {self.id}"


class RecoveryCode(UUIDModel):
    """One of the codes on a piece of paper; each works once. A new set takes the place of the old one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "code_hash"), name="mfa_recoverycode_once"),)

    def __str__(self) -> str:
        return f"recovery code {self.id}"

    @staticmethod
    def hash_of(user_id: object, code: str) -> str:
        return crypto.keyed_hash("recovery-code", f"{user_id}:{code}")
