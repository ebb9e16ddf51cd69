"""Bodies of `/api/v1/organizations/{id}/domains`, and of the organizations that one's own domain opens."""

from typing import Any

from rest_framework import serializers

from core.api.lists import list_of
from core.api.serializers import StrictSerializer
from organizations import dns_records
from organizations.api.organizations_bodies import RoleRefOutput, role_body
from organizations.models import Domain


class DomainInput(StrictSerializer):
    name = serializers.CharField(max_length=300, help_text="Like example.com.")


class DomainChange(StrictSerializer):
    """What changes; the rest stays."""

    enrolment = serializers.ChoiceField(
        choices=Domain.Enrolment.choices,
        required=False,
        help_text="Of people who have proven an address of the domain. `suggested`: they are offered to join. "
        "`automatic`: they are members from their next sign-in on.",
    )
    role_id = serializers.UUIDField(
        required=False, help_text="Theirs. None beyond your own, and never owner."
    )


class DnsRecordOutput(serializers.Serializer[Any]):
    """The record that proves the domain."""

    type = serializers.CharField()
    name = serializers.CharField()
    value = serializers.CharField()


class DomainOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="In lower case, as an A-label.")
    is_verified = serializers.BooleanField()
    verified_at = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(
        allow_null=True, help_text="When its record was looked for last; that happens once a day."
    )
    failing_since = serializers.DateTimeField(
        allow_null=True,
        help_text="Since when the record is missing; after three days it is not verified any more.",
    )
    enrolment = serializers.ChoiceField(choices=Domain.Enrolment.choices)
    role = RoleRefOutput()
    record = DnsRecordOutput()
    created_at = serializers.DateTimeField()


DomainListOutput = list_of(DomainOutput)


class JoinableOrganizationOutput(serializers.Serializer[Any]):
    """An organization that one may join, and the domain that opens it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    domain = serializers.CharField()


class JoinableOrganizationsOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {"data": JoinableOrganizationOutput(many=True)}


def domain_body(row: Domain) -> dict[str, Any]:
    """`DomainOutput`; `row` has its role."""
    shown = ("id", "name", "verified_at", "checked_at", "failing_since", "enrolment", "created_at")
    record = {"type": "TXT", "name": dns_records.host_of(row.name), "value": dns_records.value_of(row.token)}
    return {
        **{name: getattr(row, name) for name in shown},
        "is_verified": row.verified_at is not None,
        "role": role_body(row.role),
        "record": record,
    }


def joinable_body(row: Domain) -> dict[str, Any]:
    """`JoinableOrganizationOutput`; `row` has its organization."""
    organization = row.organization
    return {"id": organization.id, "name": organization.name, "slug": organization.slug, "domain": row.name}
