"""Browsers that people signed in on."""

from datetime import datetime

from django.db import models

from accounts.models.users import User
from core.models import UUIDModel


class Device(UUIDModel):
    """A browser that the person signed in on. It is known by the id in its signed cookie, kept as a hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    browser_hash = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True, default="")
    trusted_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then a sign-in on it needs no second factor."
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("browser_hash", "user"), name="accounts_device_of_user"),
        )
        indexes = (models.Index(fields=("last_seen_at",), name="accounts_device_seen"),)

    def __str__(self) -> str:
        return f"device {self.id}"

    def is_trusted(self, now: datetime) -> bool:
        return self.revoked_at is None and self.trusted_until is not None and now < self.trusted_until
