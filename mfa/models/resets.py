"""Second factors that are lost: they go once somebody proved the mailbox and days went by, or an operator approved."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models

from accounts.models import CodeModel, User
from core import crypto
from core.models import UUIDModel


class FactorResetQuerySet(models.QuerySet[Any]):
    def waiting(self, now: datetime) -> Self:
        """Begun and not over; due or not yet."""
        return self.filter(ended_at=None, expires_at__gt=now)


class FactorReset(UUIDModel):
    """Once it is due, the person's next sign-in removes the factors instead of asking for one.

    Every notice carries the same link, which cancels it. The link is computed from the id, so that a later notice may
    carry it again; the row holds its hash.
    """

    PREFIX: ClassVar[str] = "jnu_fr_"
    WINDOW: ClassVar[timedelta] = timedelta(days=7)

    class Outcome(models.TextChoices):
        APPLIED = "applied"
        CANCELLED = "cancelled"
        FACTOR_USED = "factor_used"
        NOT_NEEDED = "not_needed"
        EXPIRED = "expired"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factor_resets")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    approved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True, default="")
    link_hash = models.CharField(max_length=64, unique=True)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=models.Q(ended_at=None), name="mfa_factorreset_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"factor reset {self.id}"

    def is_due(self, now: datetime) -> bool:
        return self.due_at <= now

    @property
    def link_token(self) -> str:
        """256 bits that cancel it."""
        return self.PREFIX + crypto.keyed_secret("factor-reset", str(self.id))

    @staticmethod
    def hash_of_link(token: str) -> str:
        return crypto.keyed_hash("factor-reset", token)


class FactorResetCode(CodeModel):
    """Mailed to the primary address; begins a reset, for the one sign-in (`holder`) that asked."""

    LIFETIME: ClassVar[timedelta] = timedelta(minutes=10)
    CODE_DIGITS: ClassVar[int] = 8

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    email = models.EmailField(max_length=254)
    holder = models.CharField(max_length=64, db_index=True)

    def __str__(self) -> str:
        return f"factor reset code {self.id}"
