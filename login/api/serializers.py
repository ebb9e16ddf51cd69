"""Bodies of `/api/v1/auth`."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from accounts.api.serializers import SessionSerializer, UserSerializer
from core.api.serializers import StrictSerializer, TrueOrFalse
from mfa.api.passkey_bodies import CredentialField
from mfa.methods import API_CHOICES, Method


def _password() -> serializers.CharField:
    return serializers.CharField(max_length=8192, trim_whitespace=False, style={"input_type": "password"})


def _email() -> serializers.CharField:
    return serializers.CharField(max_length=254)


class RegisterInput(StrictSerializer):
    email = _email()
    password = _password()
    given_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    family_name = serializers.CharField(max_length=100, required=False, allow_blank=True)

    accepts_terms = TrueOrFalse(
        required=False, help_text="The person accepted what GET /terms lists as required."
    )


class LoginInput(StrictSerializer):
    email = _email()
    password = _password()


class RefreshInput(StrictSerializer):
    refresh_token = serializers.CharField(max_length=512)


class EmailInput(StrictSerializer):
    email = _email()
    verification_id = serializers.UUIDField(required=False)


class ForgotInput(StrictSerializer):
    email = _email()


class CodeOrToken(StrictSerializer):
    """Either the mailed code, with the address it was mailed to, or the token of the mailed link."""

    email = serializers.CharField(max_length=254, required=False)
    code = serializers.CharField(max_length=16, required=False)
    token = serializers.CharField(max_length=128, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        by_code = "email" in attrs and "code" in attrs
        if by_code == ("token" in attrs):
            raise serializers.ValidationError("Send either email and code, or token.")
        return attrs


class VerifyInput(CodeOrToken):
    verification_id = serializers.UUIDField(required=False)


class ResetInput(CodeOrToken):
    new_password = _password()


class ChangeInput(StrictSerializer):
    current_password = _password()
    new_password = _password()


class RegisteredUser(serializers.Serializer[Any]):
    """The user to be. It looks the same for an address that has an account already."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    email_verified = serializers.BooleanField()


class VerificationOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    expires_in = serializers.IntegerField()


class RegisterOutput(serializers.Serializer[Any]):
    user = RegisteredUser()
    verification = VerificationOutput()


class TokensOutput(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField()


class AuthResult(serializers.Serializer[Any]):
    user = UserSerializer()
    session = SessionSerializer()
    tokens = TokensOutput()


class MfaRequiredOutput(serializers.Serializer[Any]):
    """A second factor is due: answer at `/auth/mfa/verify` with this token. The last used method stands first."""

    requires_mfa = serializers.BooleanField(help_text="Always true; absent when nothing more is asked.")
    mfa_token = serializers.CharField()
    methods = serializers.ListField(child=serializers.ChoiceField(choices=API_CHOICES))
    expires_in = serializers.IntegerField()


LoginResult = PolymorphicProxySerializer(
    component_name="LoginResult", serializers=[AuthResult, MfaRequiredOutput], resource_type_field_name=None
)


class MfaVerifyInput(StrictSerializer):
    """The token of the login, and a code or what a key signed. Without `method` a code is taken for that of the first
    of the login's methods with codes."""

    mfa_token = serializers.CharField(max_length=128)
    method = serializers.ChoiceField(choices=API_CHOICES, required=False)
    code = serializers.CharField(max_length=64, required=False)
    credential = CredentialField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_key = attrs.get("method", Method.PASSKEY if "credential" in attrs else "") == Method.PASSKEY
        if ("code" in attrs) == ("credential" in attrs) or is_key != ("credential" in attrs):
            raise serializers.ValidationError("Send either code or, for a passkey, credential.")
        return attrs


class UserOutput(serializers.Serializer[Any]):
    user = UserSerializer()


class AcceptedOutput(serializers.Serializer[Any]):
    detail = serializers.CharField()
