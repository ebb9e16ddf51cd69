"""Passwords that people had before."""

from django.db import models

from accounts.models.users import User
from core.models import UUIDModel


class FormerPassword(UUIDModel):
    """The hash of a password that was replaced, where PASSWORD_HISTORY asks to remember it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=256)
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"former password {self.id}"
