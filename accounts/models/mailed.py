"""The mailed secrets with which people prove a mailbox."""

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F

from accounts.models.users import User
from core import crypto
from core.consume import consume, update_returning
from core.models import OneTimeModel, uuid7


class MailedSecretQuerySet(models.QuerySet[Any]):
    def live(self, now: datetime) -> Self:
        return self.filter(used_at=None, expires_at__gt=now)


class CodeModel(OneTimeModel):
    """A short code that was sent to a person. Being short, it hears only `MAX_GUESSES` guesses."""

    MAX_GUESSES: ClassVar[int] = 5
    LIFETIME: ClassVar[timedelta]
    CODE_DIGITS: ClassVar[int]

    code_hash = models.CharField(max_length=64)
    guesses = models.PositiveSmallIntegerField(default=0)

    objects = MailedSecretQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def hash_of_code(cls, row_id: UUID, code: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, f"{row_id}:{code}")

    @classmethod
    def redeem_code(cls, rows: "models.QuerySet[Self]", code: str, *, now: datetime) -> Self | None:
        """Use up the one of `rows` whose code this is. The guess is counted before it is looked at."""
        open_rows = rows.filter(used_at=None, expires_at__gt=now, guesses__lt=cls.MAX_GUESSES)
        for row in update_returning(open_rows, guesses=F("guesses") + 1):
            if row.code_hash == cls.hash_of_code(row.id, code):
                return consume(cls.objects.filter(pk=row.pk), now=now)
        return None

    def renew_code(self, *, now: datetime) -> str:
        """A fresh code with fresh guesses, which the row remembers by its hash; what was sent before is void."""
        code = "".join(secrets.choice("0123456789") for _ in range(self.CODE_DIGITS))
        self.created_at, self.expires_at = now, now + self.LIFETIME
        self.code_hash, self.guesses = self.hash_of_code(self.id, code), 0
        return code


class MailedSecret(CodeModel):
    """A code and a link of 256 bits sent to a mailbox; whichever comes back first proves it."""

    email = models.EmailField(max_length=254, db_index=True)
    link_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        abstract = True

    @classmethod
    def hash_of_link(cls, token: str) -> str:
        return crypto.keyed_hash(cls._meta.label_lower, token)

    @classmethod
    def redeem_link(
        cls, token: str, *, among: "models.QuerySet[Self] | None" = None, now: datetime
    ) -> Self | None:
        """Use the secret up by its link; only one of `among`, where that is given."""
        rows = cls.objects.all() if among is None else among
        return consume(rows.filter(link_hash=cls.hash_of_link(token)), now=now)


class SignUp(MailedSecret):
    """A sign-up that waits for its mailbox to be proven. The user comes into being only then.

    The password belongs to the sign-up, not to the address: whoever signs up with somebody else's
    address never has a password on that person's account (pre-hijacking).
    """

    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    CODE_DIGITS: ClassVar[int] = 6

    user_id = models.UUIDField(default=uuid7)
    password = models.CharField(max_length=128)
    given_name = models.CharField(max_length=100, blank=True, default="")
    family_name = models.CharField(max_length=100, blank=True, default="")
    locale = models.CharField(max_length=16, blank=True, default="")
    accepted_terms = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="Ids of the versions, and from where."
    )

    def __str__(self) -> str:
        return f"sign-up {self.id}"


class EmailVerification(MailedSecret):
    """A user who exists proves the mailbox of the account."""

    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    CODE_DIGITS: ClassVar[int] = 6

    user = models.ForeignKey(User, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"e-mail verification {self.id}"


class PasswordReset(MailedSecret):
    """Somebody asked to reset the password of an address. Without a user it leads nowhere, at the same cost."""

    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    CODE_DIGITS: ClassVar[int] = 8

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)

    def __str__(self) -> str:
        return f"password reset {self.id}"
