"""A person's own data: the archive to download, and the link that keeps an account that was to be deleted."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from accounts.models.users import User
from core import crypto
from core.fields import SealedTextField
from core.models import OneTimeModel


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def due(self, now: datetime) -> Self:
        """Still to be prepared, and nobody alive is at it."""
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.filter(free, ready_at=None, created_at__lte=now, expires_at__gt=now)


class DataExport(OneTimeModel):
    """One archive of everything we hold on a person: prepared in the background, taken once, then wiped."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_exports")
    claimed_until = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    archive = SealedTextField(purpose="data-export", blank=True, default="")
    size = models.PositiveIntegerField(default=0, help_text="Bytes of the archive.")

    objects = DataExportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("user",), condition=Q(ready_at=None), name="one_export_at_a_time")
        ]
        indexes: ClassVar = [
            # The clean-up finds the few that still hold an archive among all that are kept.
            models.Index(fields=("expires_at",), name="data_export_full", condition=~Q(archive="")),
            models.Index(fields=("created_at",), name="data_export_open", condition=Q(ready_at=None)),
        ]

    def __str__(self) -> str:
        return f"data export {self.id}"

    def status(self, now: datetime) -> str:
        """preparing, ready, downloaded or expired."""
        if self.used_at:
            return "downloaded"
        if now >= self.expires_at:
            return "expired"
        return "ready" if self.ready_at else "preparing"


class DeletionLink(OneTimeModel):
    """The mailed link that keeps an account which was to be deleted, known by its hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    link_hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"deletion link {self.id}"

    @classmethod
    def hash_of(cls, token: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, token)
