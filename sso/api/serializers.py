"""Bodies of `/api/v1/oauth`: social login."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from core.api.serializers import StrictSerializer
from login.api.serializers import AuthResult, MfaRequiredOutput


class AuthorizeInput(StrictSerializer):
    """Where to take the person back to: one of SOCIAL_REDIRECT_URIS, to the letter."""

    redirect_uri = serializers.CharField(max_length=2000)


class CallbackInput(StrictSerializer):
    """The parameters that came to your redirect URI, and the `binding` that you kept."""

    state = serializers.CharField(max_length=200)
    binding = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=4000, required=False)
    error = serializers.CharField(max_length=200, required=False)
    iss = serializers.CharField(max_length=400, required=False)
    user = serializers.CharField(max_length=4000, required=False)


class IdentityEmailInput(StrictSerializer):
    handle = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254)


class IdentityCodeInput(StrictSerializer):
    handle = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=16)


class ProviderOutput(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()


class ProvidersOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:  # a field named `data` would hide the serializer's own
        return {"data": ProviderOutput(many=True)}


class AuthorizeOutput(serializers.Serializer[Any]):
    """Send the person to `authorization_url`; keep `state` and `binding`."""

    authorization_url = serializers.URLField()
    state = serializers.CharField()
    binding = serializers.CharField()
    expires_in = serializers.IntegerField()


class EmailNeededOutput(serializers.Serializer[Any]):
    """The provider cannot vouch for an address: ask for one, and prove it by mail."""

    requires_email = serializers.BooleanField()
    handle = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    expires_in = serializers.IntegerField()


SOCIAL_RESULT = PolymorphicProxySerializer(
    component_name="SocialResult",
    serializers=[AuthResult, MfaRequiredOutput, EmailNeededOutput],
    resource_type_field_name=None,
)


class SocialAccountOutput(serializers.Serializer[Any]):
    """An account at another provider that opens this one."""

    id = serializers.UUIDField()
    provider = serializers.CharField()
    provider_name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    display = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()


class SocialAccountsOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:  # a field named `data` would hide the serializer's own
        return {"data": SocialAccountOutput(many=True)}
