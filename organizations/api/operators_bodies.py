"""What operators send and see of organizations."""

from typing import Any

from rest_framework import serializers

from core.api.cursors import CursorQuery, cursor_list_of
from core.api.serializers import ShownModelSerializer, StrictSerializer
from organizations.models import Organization
from organizations.services import operators


class OperatedOrganizationOutput(ShownModelSerializer[Organization]):
    """An organization as operators see it: what is in it is its members' business."""

    status = serializers.ChoiceField(choices=operators.STATUS_CHOICES, read_only=True)

    class Meta:
        model = Organization
        fields = (
            *("id", "name", "slug", "status", "created_at", "updated_at", "suspended_at", "deletion_due_at"),
        )
        read_only_fields = fields


class OperatedOwnerOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()


class OperatedOrganizationDetailOutput(OperatedOrganizationOutput):
    """One, with how many belong to it and whom to write to."""

    member_count = serializers.IntegerField(read_only=True)
    owners = OperatedOwnerOutput(many=True, read_only=True)

    class Meta(OperatedOrganizationOutput.Meta):
        fields = (*OperatedOrganizationOutput.Meta.fields, "member_count", "owners")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


OperatedOrganizationPageOutput = cursor_list_of(OperatedOrganizationOutput)


class OrganizationsQuery(CursorQuery):
    """Filters of the list; `search` looks into name and slug."""

    search = serializers.CharField(max_length=200, min_length=2, required=False)
    status = serializers.ChoiceField(choices=operators.STATUS_CHOICES, required=False)
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)


class ReasonInput(StrictSerializer):
    """Why; the owners read it."""

    reason = serializers.CharField(max_length=operators.MAX_REASON)


class AppointmentInput(ReasonInput):
    """Which member, by the account's id, and why."""

    user_id = serializers.UUIDField()
