"""Email addresses beside the primary one, and what proves and takes back changes of them.

`User.email` is the primary address. An address may stand once over both tables: whoever makes or claims one goes
through `accounts.services.addresses`, which takes one lock per address.
"""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from accounts.models.mailed import MailedSecret
from accounts.models.users import User
from core.models import UUIDModel


class EmailAddress(UUIDModel):
    """A further address of a person. Only proven ones get here."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="further_addresses")
    email = models.EmailField(max_length=254, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email


class EmailAddition(MailedSecret):
    """A person proves that another mailbox is theirs too."""

    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    CODE_DIGITS: ClassVar[int] = 6

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    becomes_primary = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"email addition {self.id}"


class EmailRevert(MailedSecret):
    """The link with which the owner of `email` takes back that another address became primary.

    Only the link is mailed; nothing asks for the code.
    """

    LIFETIME: ClassVar[timedelta] = timedelta(days=7)
    CODE_DIGITS: ClassVar[int] = 8

    user = models.ForeignKey(User, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"email revert {self.id}"
