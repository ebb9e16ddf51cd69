"""What people may allow us beyond what the service needs: purposes, and each yes and no as a row."""

from typing import ClassVar

from django.db import models

from accounts.models.users import User
from core.models import UUIDModel


class ConsentPurpose(UUIDModel):
    """A purpose in one version of its words, such as product news. New words are a new row."""

    name = models.SlugField(max_length=64, db_index=False, help_text="Such as product-news.")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=100)
    text = models.TextField(help_text="What happens with which data, in plain words.")
    is_offered = models.BooleanField(default=True, help_text="People are asked for it.")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("name", "version"), name="one_wording_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class ConsentChange(UUIDModel):
    """Somebody said yes or no to a purpose in those words. The newest row of a purpose counts; none is no."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consent_changes")
    purpose = models.ForeignKey(ConsentPurpose, on_delete=models.PROTECT, related_name="changes")
    is_granted = models.BooleanField()
    changed_at = models.DateTimeField()
    via = models.CharField(max_length=16, help_text="page or api.")
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True, default="")

    def __str__(self) -> str:
        return f"consent change {self.id}"
