"""The way back for the owner of an account that somebody else signed in to."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from accounts.models.mailed import MailedSecret
from accounts.models.users import User


class SignInAlarm(MailedSecret):
    """The link "This wasn't me" of a mail about a new device. Its code is never mailed."""

    LIFETIME: ClassVar[timedelta] = timedelta(days=7)
    CODE_DIGITS: ClassVar[int] = 8

    user = models.ForeignKey(User, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"sign-in alarm {self.id}"
