"""Logins that wait for a second factor."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models

from accounts.models import Session, User
from core import crypto
from core.fields import SealedTextField
from core.models import OneTimeModel


class LoginAttemptQuerySet(models.QuerySet[Any]):
    def live(self, now: Any) -> Self:
        return self.filter(used_at=None, expires_at__gt=now, guesses__lt=LoginAttempt.MAX_GUESSES)


class LoginAttempt(OneTimeModel):
    """Somebody proved something and is not in: no session, no token, nothing but the challenge answers to it.

    It is told by the secret that a browser holds in its flow's cookie, a program as `mfa_token`.
    """

    PREFIX: ClassVar[str] = "jnu_la_"
    LIFETIME: ClassVar[timedelta] = timedelta(minutes=10)
    MAX_GUESSES: ClassVar[int] = 10

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    secret_hash = models.CharField(max_length=64, unique=True)
    amr = models.JSONField(help_text="What is proven so far (RFC 8176).")
    by_mailbox = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A mailbox is all that is proven: no mailed code goes on from it.",
    )
    door = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Session.Kind)
    keep = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="The password's age at the proof: another one voids the attempt."
    )
    vouched = SealedTextField(
        purpose="login-attempt",
        blank=True,
        default="",
        db_default="",
        help_text="What another provider told, to be kept once the person is in (`login.services.vouching`).",
    )
    guesses = models.PositiveSmallIntegerField(default=0)

    objects = LoginAttemptQuerySet.as_manager()

    def __str__(self) -> str:
        return f"login attempt {self.id}"

    @property
    def holder(self) -> str:
        """What codes and challenges of this sign-in are bound to (`mfa.factors`)."""
        return f"attempt:{self.id}"

    @staticmethod
    def hash_of(secret: str) -> str:
        return crypto.keyed_hash("login-attempt", secret)
