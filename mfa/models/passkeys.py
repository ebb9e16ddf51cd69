"""Passkeys and security keys (WebAuthn Level 3)."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django_otp.models import Device

from accounts.models import User
from core.models import OneTimeModel, UUIDModel


class PasskeyQuerySet(models.QuerySet[Any]):
    def of(self, user: User) -> Self:
        return self.filter(user=user, confirmed=True, suspended_at=None)


class Passkey(UUIDModel, Device):
    """A credential of a person.

    A *passkey* signs in by itself: it is discoverable and asks for its owner (user verification). A *security key* is
    only ever a second factor; having one turns two-step sign-in on, having a passkey does not.
    """

    class Kind(models.TextChoices):
        PASSKEY = "passkey"
        SECURITY_KEY = "security_key"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    kind = models.CharField(max_length=16, choices=Kind)
    # base64url, without padding; up to 1,023 bytes (WebAuthn section 4)
    credential_id = models.CharField(max_length=1364, unique=True)
    public_key = models.TextField(help_text="COSE, base64url.")
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list)
    aaguid = models.UUIDField(help_text="The model of the authenticator; all zeros where it does not say.")
    attestation_format = models.CharField(max_length=32, default="none")
    is_backup_eligible = models.BooleanField(default=False, help_text="Made to be synced.")
    is_backed_up = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(
        null=True, blank=True, help_text="Its counter went back: it may have been copied."
    )

    objects = PasskeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class WebAuthnChallenge(OneTimeModel):
    """What an authenticator has to sign: once, for one purpose, and only for whoever asked (`holder`)."""

    LIFETIME: ClassVar[timedelta] = timedelta(minutes=5)

    class Purpose(models.TextChoices):
        REGISTER_PASSKEY = "register"
        REGISTER_KEY = "register_key"
        SIGN_IN = "sign_in"
        SECOND_FACTOR = "second_factor"
        CONFIRM = "confirm"

    purpose = models.CharField(max_length=16, choices=Purpose)
    challenge_hash = models.CharField(max_length=64, unique=True)
    holder = models.CharField(max_length=64, help_text="The attempt, the session, or the browser that asked.")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True)

    def __str__(self) -> str:
        return f"challenge to {self.purpose} {self.id}"
