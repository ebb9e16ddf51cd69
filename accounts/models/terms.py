"""Terms of use and privacy notices in versions, and who accepted which."""

from datetime import datetime
from typing import ClassVar, Self

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from core.models import UUIDModel


class TermsVersionQuerySet(models.QuerySet["TermsVersion"]):
    def effective(self, now: datetime) -> Self:
        """What counts already, the newest last."""
        return self.filter(effective_at__lte=now).order_by("effective_at", "published_at")


class TermsVersion(UUIDModel):
    """One version of a document that people accept. Once published it is never changed."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms of use")
        PRIVACY = "privacy", _("Privacy notice")

    kind = models.CharField(max_length=16, choices=Kind)
    version = models.CharField(max_length=32)
    url = models.CharField(
        max_length=500, validators=[URLValidator(schemes=["https"])], help_text="Where people read it; https."
    )
    text = models.TextField(blank=True, default="", help_text="What has changed, in a sentence or two.")
    is_required = models.BooleanField(default=True, help_text="People accept it before they go on.")
    published_at = models.DateTimeField()
    effective_at = models.DateTimeField(db_index=True)

    objects = TermsVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("kind", "version"), name="one_text_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class TermsAcceptance(UUIDModel):
    """Somebody accepted a version. A row is written once; a new version gets a new row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="terms_acceptances")
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField()
    via = models.CharField(max_length=16, help_text="sign_up, page or api.")
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("user", "version"), name="accepted_once")]

    def __str__(self) -> str:
        return f"acceptance {self.id}"
