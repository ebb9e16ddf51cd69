"""Bodies of API keys and service accounts."""

from typing import Any

from rest_framework import serializers

from core.api.cursors import cursor_list_of
from core.api.lists import list_of
from core.api.serializers import ShownModelSerializer, StrictSerializer
from organizations import key_rules
from organizations.models import ApiKey, ServiceAccount
from organizations.services import api_keys


class KeyInput(StrictSerializer):
    """Without `service_account_id` it is your own key."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.CharField(max_length=100),
        allow_empty=False,
        max_length=key_rules.MAX_SCOPES,
        help_text="Permissions: at most your own, and those of its owner.",
    )
    networks = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        max_length=key_rules.MAX_NETWORKS,
        help_text="Where it works from, such as 192.0.2.0/24; without, everywhere.",
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    service_account_id = serializers.UUIDField(required=False, allow_null=True)


class RotateKeyInput(StrictSerializer):
    overlap_hours = serializers.IntegerField(
        default=24,
        min_value=0,
        max_value=api_keys.MAX_OVERLAP_HOURS,
        help_text="How long the secret so far works beside the new one.",
    )


class KeyOwnerOutput(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=("user", "service_account"))
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Of a service account; of a person their address.")


class KeyOutput(serializers.Serializer[Any]):
    """A key, without its secret."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    hint = serializers.CharField(help_text="How its secret begins.")
    owner = KeyOwnerOutput()
    scopes = serializers.ListField(child=serializers.CharField())
    networks = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    rotated_at = serializers.DateTimeField(allow_null=True)
    previous_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when the secret before the last rotation works."
    )
    revoked_at = serializers.DateTimeField(allow_null=True)


class NewKeyOutput(KeyOutput):
    secret = serializers.CharField(help_text="Shown this once.")


KeyPageOutput = cursor_list_of(KeyOutput)


class ServiceAccountInput(StrictSerializer):
    name = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=200, allow_blank=True, default="")
    role = serializers.CharField(max_length=63, help_text="The key of a role within your own.")


class ServiceAccountChangesInput(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    role = serializers.CharField(max_length=63, required=False)


class ServiceAccountOutput(ShownModelSerializer[ServiceAccount]):
    role = serializers.CharField(help_text="The key of its role.")

    class Meta:
        model = ServiceAccount
        fields = ("id", "name", "description", "role", "created_at", "disabled_at")
        read_only_fields = fields

    def to_representation(self, instance: ServiceAccount) -> dict[str, Any]:
        return super().to_representation(instance) | {"role": instance.role.key}


ServiceAccountListOutput = list_of(ServiceAccountOutput)


def key_body(key: ApiKey) -> dict[str, Any]:
    """`KeyOutput`."""
    account = key.service_account
    owner_type = "service_account" if account else "user"
    name = account.name if account else key.user.email if key.user else ""
    return {
        "id": key.id,
        "name": key.name,
        "hint": key.hint,
        "owner": {"type": owner_type, "id": key.service_account_id or key.user_id, "name": name},
        "scopes": key.scopes,
        "networks": key.networks,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "rotated_at": key.rotated_at,
        "previous_expires_at": key.previous_expires_at,
        "revoked_at": key.revoked_at,
    }


def account_body(account: ServiceAccount) -> Any:
    """`ServiceAccountOutput`."""
    return ServiceAccountOutput(account).data
