"""How a user looks in JSON, and what of one's own profile can be changed."""

import re
import zoneinfo
from typing import Any

from rest_framework import serializers

from accounts import profile_rules
from accounts.models import Session, User
from core.api.serializers import ShownModelSerializer, StrictSerializer

ADDRESS_MEMBERS = frozenset({"formatted", "street_address", "locality", "region", "postal_code", "country"})
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")


class UserSerializer(ShownModelSerializer[User]):
    """A user as the user may see it."""

    mfa_enabled = serializers.BooleanField(read_only=True)

    class Meta:
        model = User
        fields = (
            "id",
            "email",
            "email_verified",
            "name",
            "given_name",
            "middle_name",
            "family_name",
            "nickname",
            "locale",
            "timezone",
            "phone_number",
            "phone_number_verified",
            "address",
            "website",
            "profile_url",
            "gender",
            "birthdate",
            "picture",
            "status",
            "role",
            "mfa_enabled",
            "metadata",
            "created_at",
            "updated_at",
            "deletion_due_at",
        )
        read_only_fields = fields


class SessionSerializer(ShownModelSerializer[Session]):
    """A session, without its secret."""

    class Meta:
        model = Session
        fields = ("id", "kind", "amr", "auth_time", "created_at", "expires_at")
        read_only_fields = fields


def _optional(max_length: int, *validators: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=max_length, required=False, allow_blank=True, validators=list(validators)
    )


class ProfileSerializer(StrictSerializer):
    """What people may change of themselves. Address, verification, role and status are not among it."""

    given_name = _optional(100)
    middle_name = _optional(100)
    family_name = _optional(100)
    nickname = _optional(100)
    locale = serializers.CharField(max_length=16, required=False, allow_blank=True)
    timezone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    website = _optional(profile_rules.MAX_URL, profile_rules.web_address)
    profile_url = _optional(profile_rules.MAX_URL, profile_rules.web_address)
    gender = _optional(profile_rules.MAX_GENDER)
    birthdate = _optional(profile_rules.MAX_BIRTHDATE, profile_rules.birthdate)
    address = serializers.DictField(
        child=serializers.CharField(max_length=300, allow_blank=True), required=False
    )

    def refuse_unknown(self, data: Any) -> None:
        if isinstance(data, dict) and "phone_number" in data:
            sentence = "Set the number with POST /api/v1/users/me/phone: a code sent there proves it."
            raise serializers.ValidationError({"phone_number": [sentence]})
        super().refuse_unknown(data)

    def validate_locale(self, value: str) -> str:
        if value and not LANGUAGE_TAG.fullmatch(value):
            raise serializers.ValidationError("Enter a language tag such as en or pt-BR (BCP 47).")
        return value

    def validate_timezone(self, value: str) -> str:
        if value and value not in zoneinfo.available_timezones():
            raise serializers.ValidationError("Enter a time zone such as Europe/Berlin.")
        return value

    def validate_address(self, value: dict[str, Any]) -> dict[str, Any]:
        if unknown := sorted(set(value) - ADDRESS_MEMBERS):
            raise serializers.ValidationError(
                f"Unknown: {', '.join(unknown)}. Known: {', '.join(sorted(ADDRESS_MEMBERS))}."
            )
        return value
