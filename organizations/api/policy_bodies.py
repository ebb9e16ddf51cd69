"""Bodies of `/api/v1/organizations/{id}/policy`."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from organizations import policy_values
from organizations.models import OrganizationPolicy

MAX_TEXT = 300


def _texts(**more: Any) -> serializers.ListField:
    child = serializers.CharField(max_length=MAX_TEXT)
    return serializers.ListField(child=child, max_length=policy_values.MAX_ENTRIES, **more)


class PolicyInput(StrictSerializer):
    """What changes; the rest stays."""

    mfa_required_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="From when on members need a second factor, or a passkey; null: never.",
    )
    sign_in_methods = _texts(
        required=False,
        help_text="`password`, `magic_code`, `passkey`, and names of providers; empty: all of them.",
    )
    session_hours = serializers.IntegerField(
        min_value=1,
        max_value=policy_values.MAX_SESSION_HOURS,
        required=False,
        allow_null=True,
        help_text="How long after a sign-in members must sign in again; null: as everywhere here.",
    )
    networks = _texts(required=False, help_text="CIDRs; empty: from everywhere.")
    email_domains = _texts(required=False, help_text="Of whoever joins from now on; empty: all.")
    inviters = serializers.ChoiceField(choices=OrganizationPolicy.Inviters.choices, required=False)
    invitation_days = serializers.IntegerField(
        min_value=1, max_value=policy_values.MAX_INVITATION_DAYS, required=False
    )


class PolicyOutput(serializers.Serializer[Any]):
    """What the organization asks of members' sign-ins and of invitations."""

    mfa_required_at = serializers.DateTimeField(allow_null=True)
    sign_in_methods = serializers.ListField(child=serializers.CharField())
    session_hours = serializers.IntegerField(allow_null=True)
    networks = serializers.ListField(child=serializers.CharField())
    email_domains = serializers.ListField(child=serializers.CharField())
    inviters = serializers.ChoiceField(choices=OrganizationPolicy.Inviters.choices)
    invitation_days = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
