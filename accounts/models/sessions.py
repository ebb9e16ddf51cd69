"""Sessions."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models

from accounts.models.devices import Device
from accounts.models.users import User
from core.models import UUIDModel


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
    door = models.CharField(
        max_length=64, default="", db_default="", blank=True, help_text="Where they came in."
    )
    auth_time = models.DateTimeField()
    chosen_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person last chose it among the accounts of the browser."
    )
    sudo_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then sensitive acts need no new proof."
    )
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    idle_until = models.DateTimeField()
    idle_seconds = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    device = models.ForeignKey(
        Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions"
    )
    user_agent = models.CharField(max_length=400, blank=True, default="")

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("user", "ended_at")),)

    def __str__(self) -> str:
        return f"{self.kind} session {self.id}"

    @property
    def is_kept(self) -> bool:
        """Whether its cookie outlives the browser's window ("Keep me signed in"): idleness does not end it."""
        return self.expires_at - self.created_at <= timedelta(seconds=self.idle_seconds)

    @property
    def picked_at(self) -> datetime:
        """When the person last said "this account": by a sign-in or by a choice."""
        return max(self.auth_time, self.chosen_at or self.auth_time)

    def is_alive(self, now: datetime) -> bool:
        return (
            self.ended_at is None and now < self.expires_at and now < self.idle_until and self.user.is_active
        )
