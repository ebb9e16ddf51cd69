"""Bodies of `/api/v1/auth/passkey`."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from mfa.models import Passkey

KINDS = Passkey.Kind.choices


class CredentialField(serializers.JSONField):
    """WebAuthn's `RegistrationResponseJSON` or `AuthenticationResponseJSON`: what `credential.toJSON()` gives."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("response"), dict):
            raise serializers.ValidationError("Send what credential.toJSON() gives.")
        return data


class PasskeyOptionsInput(StrictSerializer):
    """A passkey signs in by itself; a security key is a second factor only."""

    kind = serializers.ChoiceField(choices=KINDS, default=Passkey.Kind.PASSKEY)


class PasskeyCreationOutput(serializers.Serializer[Any]):
    """`public_key` goes into `PublicKeyCredential.parseCreationOptionsFromJSON()`."""

    public_key = serializers.JSONField()
    expires_in = serializers.IntegerField()


class PasskeyInput(StrictSerializer):
    credential = CredentialField()
    name = serializers.CharField(max_length=64, required=False, allow_blank=True)


class PasskeyNameInput(StrictSerializer):
    name = serializers.CharField(max_length=64)


class PasskeyOutput(serializers.ModelSerializer[Passkey]):
    provider = serializers.CharField(help_text="Who keeps it, where the authenticator says so.")

    class Meta:
        model = Passkey
        fields = (
            *("id", "kind", "name", "provider", "aaguid", "transports", "is_backup_eligible", "is_backed_up"),
            *("created_at", "last_used_at", "suspended_at"),
        )


class PasskeyKeptOutput(PasskeyOutput):
    recovery_codes = serializers.ListField(child=serializers.CharField())

    class Meta(PasskeyOutput.Meta):
        fields = (*PasskeyOutput.Meta.fields, "recovery_codes")  # type: ignore[assignment]


class PasskeysOutput(serializers.Serializer[Any]):
    data = PasskeyOutput(many=True)  # type: ignore[assignment]
