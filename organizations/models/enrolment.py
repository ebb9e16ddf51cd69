"""Who does not come into an organization by the domain of their address any more."""

from typing import ClassVar
from uuid import UUID

from django.db import models

from accounts.models import User
from core import crypto
from core.models import UUIDModel
from organizations.models.organizations import Organization


class EnrolmentStop(UUIDModel):
    """The person left, was removed, or does not want to join: no domain brings them (back) in, an invitation does."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="enrolment_stops")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="enrolment_stops")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "user"), name="one_enrolment_stop")
        ]

    user_id: UUID
    organization_id: UUID

    def __str__(self) -> str:
        return f"enrolment stop {self.id}"


class MailboxStop(UUIDModel):
    """The same for whoever has an address that such a person had, in another account too: also when the first one is
    gone. Its name is not kept, only a keyed hash."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="mailbox_stops")
    address_hash = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "address_hash"), name="one_mailbox_stop")
        ]

    organization_id: UUID

    def __str__(self) -> str:
        return f"mailbox stop {self.id}"

    @staticmethod
    def hash_of(address: str) -> str:
        return crypto.keyed_hash("mailbox-stop", address)
