"""Signing in by mail, without a password."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from accounts.models.mailed import MailedSecret
from accounts.models.users import User
from core import crypto


class SignInCode(MailedSecret):
    """A code and a link that sign in whoever asked for them, and nobody else who comes to know them.

    Eight digits, as for a new password: either opens the account. Without a user the row is never kept.
    """

    LIFETIME: ClassVar[timedelta] = timedelta(minutes=10)
    CODE_DIGITS: ClassVar[int] = 8

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
    asker_hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"sign-in code {self.id}"

    @classmethod
    def hash_of_asker(cls, asker: str) -> str:
        return crypto.keyed_hash(f"{cls._meta.label_lower}.asker", asker)
