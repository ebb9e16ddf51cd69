"""Bodies of `/auth/mfa`. What one method's set-up takes and answers stands in `mfa.api.setups`."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from mfa.methods import API_CHOICES
from mfa.services.recovery_codes import COUNT


class MfaFactorOutput(serializers.Serializer[Any]):
    """A way to confirm sign-ins."""

    id = serializers.UUIDField()
    method = serializers.ChoiceField(choices=API_CHOICES)
    name = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class MfaStatusOutput(serializers.Serializer[Any]):
    """Whether two-step sign-in is on, and by what."""

    enabled = serializers.BooleanField()
    enabled_at = serializers.DateTimeField(allow_null=True)
    methods = MfaFactorOutput(many=True)
    recovery_codes_left = serializers.IntegerField()


class MfaConfirmInput(StrictSerializer):
    code = serializers.CharField(max_length=64, help_text="Spaces and dashes do not matter.")


class MfaConfirmedOutput(serializers.Serializer[Any]):
    """The factor counts from now on. The codes are there with the first factor only, and shown this once."""

    id = serializers.UUIDField()
    recovery_codes = serializers.ListField(child=serializers.CharField(), max_length=COUNT)


class MfaFactorInput(StrictSerializer):
    name = serializers.CharField(max_length=64, allow_blank=True, required=False)


class RecoveryCodesOutput(serializers.Serializer[Any]):
    """Shown this once."""

    recovery_codes = serializers.ListField(child=serializers.CharField(), max_length=COUNT)
