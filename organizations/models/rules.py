"""What an organization asks of its members' sign-ins, its domains, and its rules over its own resources."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from core.models import UUIDModel
from organizations.models.organizations import Organization
from organizations.models.roles import Role


class OrganizationPolicy(models.Model):
    """What it asks of members' sign-ins and of invitations; without a row, nothing."""

    class Inviters(models.TextChoices):
        ADMINS = "admins"
        MEMBERS = "members"

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, primary_key=True, related_name="policy"
    )
    mfa_required_at = models.DateTimeField(
        null=True, blank=True, help_text="From when on members need a second factor."
    )
    sign_in_methods = models.JSONField(default=list, blank=True, help_text="Allowed ones; empty: all.")
    session_hours = models.PositiveIntegerField(null=True, blank=True)
    networks = models.JSONField(default=list, blank=True, help_text="CIDRs; empty: from everywhere.")
    email_domains = models.JSONField(default=list, blank=True, help_text="Of members; empty: all.")
    inviters = models.CharField(max_length=8, choices=Inviters, default=Inviters.ADMINS)
    invitation_days = models.PositiveSmallIntegerField(default=7)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"policy of {self.organization_id}"


class Domain(UUIDModel):
    """A mail domain that an organization says is its own, and proves by a TXT record."""

    class Enrolment(models.TextChoices):
        NONE = "none"
        SUGGESTED = "suggested"
        AUTOMATIC = "automatic"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")
    name = models.CharField(max_length=253, help_text="As an A-label, lower case.")
    token = models.CharField(max_length=64, help_text="What the TXT record says.")
    enrolment = models.CharField(max_length=16, choices=Enrolment, default=Enrolment.NONE)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+", help_text="Of who enrols.")
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "name"), name="domain_in_organization"),
            models.UniqueConstraint(
                fields=("name",), condition=Q(verified_at__isnull=False), name="one_owner_of_domain"
            ),
        ]

    organization_id: UUID

    def __str__(self) -> str:
        return self.name


class Branding(models.Model):
    """How sign-in pages and mails of an organization look. Data, never CSS."""

    class Corners(models.TextChoices):
        SQUARE = "square"
        SOFT = "soft"
        ROUND = "round"

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, primary_key=True, related_name="branding"
    )
    accent = models.CharField(max_length=7, blank=True, default="", help_text="On light pages: #rrggbb.")
    accent_dark = models.CharField(max_length=7, blank=True, default="", help_text="On dark pages.")
    corners = models.CharField(max_length=8, choices=Corners, default=Corners.SOFT)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"branding of {self.organization_id}"


class AccessRule(UUIDModel):
    """One rule of `services.evaluation`: these actions on these resources, under this condition."""

    class Effect(models.TextChoices):
        ALLOW = "allow"
        DENY = "deny"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="access_rules")
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True, default="")
    effect = models.CharField(max_length=8, choices=Effect)
    actions = models.JSONField(default=list, help_text="`resource:action`, `resource:*` or `*`.")
    condition = models.JSONField(default=dict, blank=True, help_text="See organizations.conditions.")
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "name"), name="access_rule_in_organization")
        ]

    def __str__(self) -> str:
        return self.name
