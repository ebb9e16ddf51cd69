"""The trail: chains, their entries, and what of an entry can be erased. Written by `audit.services` only."""

from typing import Self
from uuid import UUID

from django.db import models

from audit.events import MAX_TAG_LENGTH
from core.models import UUIDModel

SYSTEM_CHAIN = "system"


class Chain(models.Model):
    """The head of one chain. Its row is locked while an entry is appended, so numbers have no gaps.

    `seal` proves that we wrote seq and hash: the row lies in the database beside what it guards.
    """

    name = models.CharField(max_length=64, unique=True)  # "system" or "org:<uuid>"
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="", blank=True)
    seal = models.CharField(max_length=64, default="", blank=True)

    def __str__(self) -> str:
        return self.name


class EventQuerySet(models.QuerySet["Event"]):
    """Whose entries; each an index in the order of their time."""

    def by_person(self, person_id: UUID) -> Self:
        """What the person did, but to nobody else."""
        to_others = models.Q(target_type="user") & ~models.Q(target_id=str(person_id))
        return self.filter(~to_others, actor_id=person_id)

    def done_to_person(self, person_id: UUID) -> Self:
        """What others, or nobody we know, did to the person."""
        # The index is of entries that have a target; a prepared statement cannot see that from the value alone.
        rows = self.exclude(target_id="").filter(target_id=str(person_id), target_type="user")
        return rows.exclude(actor_id=person_id)


class Event(UUIDModel):
    """One entry. Never updated, never deleted. Ids are plain columns: the trail outlives what they name."""

    class Result(models.TextChoices):
        SUCCESS = "success"
        FAILURE = "failure"
        DENIED = "denied"

    class ActorType(models.TextChoices):
        USER = "user"
        CLIENT = "client"
        SERVICE_ACCOUNT = "service_account"
        SYSTEM = "system"
        ANONYMOUS = "anonymous"

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    organization_id = models.UUIDField(null=True, blank=True)
    action = models.CharField(max_length=MAX_TAG_LENGTH)
    actor_type = models.CharField(max_length=16, choices=ActorType.choices)
    actor_id = models.UUIDField(null=True, blank=True)
    session_id = models.UUIDField(null=True, blank=True)
    client_id = models.CharField(max_length=255, blank=True)
    target_type = models.CharField(max_length=64, blank=True)
    target_id = models.CharField(max_length=255, blank=True)
    result = models.CharField(max_length=16, choices=Result.choices)
    request_id = models.CharField(max_length=128, blank=True)
    data = models.JSONField(default=dict, blank=True)
    personal_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_event_chain_seq")]
        indexes = [
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(fields=["action", "at"], name="audit_event_action_at"),
            models.Index(
                fields=["organization_id", "at"],
                name="audit_event_organization_at",
                condition=models.Q(organization_id__isnull=False),
            ),
            models.Index(
                fields=["actor_id", "at"],
                name="audit_event_actor_at",
                condition=models.Q(actor_id__isnull=False),
            ),
            models.Index(
                fields=["target_id", "at"], name="audit_event_target_at", condition=~models.Q(target_id="")
            ),
            models.Index(
                fields=["request_id"], name="audit_event_request", condition=~models.Q(request_id="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} ({self.result})"


class PersonalData(models.Model):
    """What an entry says about a person: address, network, browser. The chain holds a salted digest."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="personal")
    salt = models.CharField(max_length=64)
    data = models.JSONField()

    def __str__(self) -> str:
        return f"personal data of {self.event_id}"
