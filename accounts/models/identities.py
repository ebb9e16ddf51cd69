"""Accounts at other providers, and those among them that wait for a mailbox to be proven."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from accounts.models.mailed import MailedSecret
from accounts.models.users import User
from core import crypto
from core.fields import SealedTextField
from core.models import UUIDModel


class Identity(UUIDModel):
    """A person's account at a provider.

    `connection` names who speaks: the kind and the issuer, never the button. Two providers with the same subject
    are two accounts, and a provider that is made anew with another issuer matches none of the old ones.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    connection = models.CharField(max_length=400)
    subject = models.CharField(max_length=255)
    provider = models.CharField(max_length=64, help_text="Through which button it came last.")
    provider_name = models.CharField(max_length=100)
    email = models.CharField(
        max_length=254, blank=True, help_text="As the provider last told it; proves nothing."
    )
    display = models.CharField(max_length=200, blank=True, help_text="What the provider calls the person.")
    access_token = SealedTextField(purpose="upstream-token", blank=True)
    refresh_token = SealedTextField(purpose="upstream-token", blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("connection", "subject"), name="accounts_identity_once"),
        )

    def __str__(self) -> str:
        return f"{self.provider} account {self.id}"


class IdentityProof(MailedSecret):
    """Somebody came from a provider that cannot vouch for an address: the code proves the mailbox.

    Whoever holds the handle (a cookie, or a program's own memory) goes on; the mail alone opens nothing.
    """

    LIFETIME: ClassVar[timedelta] = timedelta(hours=1)
    CODE_DIGITS: ClassVar[int] = 6

    handle_hash = models.CharField(max_length=64, unique=True)
    told = SealedTextField(purpose="identity-proof", help_text="What the provider told, as JSON.")

    def __str__(self) -> str:
        return f"identity proof {self.id}"

    @staticmethod
    def hash_of_handle(handle: str) -> str:
        return crypto.keyed_hash("identity-proof", handle)
