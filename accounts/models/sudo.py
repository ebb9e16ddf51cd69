"""The mailed code with which people without a password confirm that it is they."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from accounts.models.mailed import MailedSecret
from accounts.models.sessions import Session


class SudoCode(MailedSecret):
    """Opens sudo mode of the one session that asked for it."""

    LIFETIME: ClassVar[timedelta] = timedelta(minutes=10)
    CODE_DIGITS: ClassVar[int] = 6

    session = models.ForeignKey(Session, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"sudo code {self.id}"
