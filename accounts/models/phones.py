"""Phone numbers on their way to being proven."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from accounts.models.mailed import CodeModel
from accounts.models.users import User


class PhoneVerification(CodeModel):
    """A code was sent to a number by SMS; who enters it has the phone."""

    LIFETIME: ClassVar[timedelta] = timedelta(minutes=10)
    CODE_DIGITS: ClassVar[int] = 6

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    phone_number = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"phone verification {self.id}"
