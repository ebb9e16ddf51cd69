"""What operators send and see of people."""

import json
from typing import Any

from rest_framework import serializers

from accounts.api.serializers import ProfileSerializer, UserSerializer
from accounts.models import Session, User
from core.api.cursors import CursorQuery, cursor_list_of
from core.api.serializers import ShownModelSerializer, TrueOrFalse

MAX_METADATA_BYTES = 16 * 1024
MAX_METADATA_DEPTH = 6


class PersonOutput(ShownModelSerializer[User]):
    """A user as operators see it."""

    mfa_enabled = serializers.BooleanField(read_only=True)

    class Meta:
        model = User
        fields = (*UserSerializer.Meta.fields, "last_login", "password_changed_at", "password_reset_required")
        read_only_fields = fields


class PersonSessionOutput(ShownModelSerializer[Session]):
    """A living session of a person, without its secret."""

    class Meta:
        model = Session
        fields = (
            "id", "kind", "door", "amr", "acr", "auth_time", "created_at", "last_seen_at", "expires_at", "ip",
            "user_agent",
        )  # fmt: skip
        read_only_fields = fields


PersonPageOutput = cursor_list_of(PersonOutput)


class PersonSessionsOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {"data": PersonSessionOutput(many=True)}


class PeopleQuery(CursorQuery):
    """Filters of the list; `search` looks into address and names."""

    search = serializers.CharField(max_length=200, min_length=2, required=False)
    status = serializers.ChoiceField(choices=User.Status.choices, required=False)
    role = serializers.ChoiceField(choices=["none", "admin", "superadmin"], required=False)
    email_verified = serializers.BooleanField(required=False, allow_null=True, default=None)
    mfa_enabled = serializers.BooleanField(required=False, allow_null=True, default=None)
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)
    sort = serializers.ChoiceField(choices=["-created_at", "created_at"], default="-created_at")


class AboutPerson(ProfileSerializer):
    """What operators may say of a person besides the profile."""

    role = serializers.ChoiceField(choices=User.Role.choices, required=False, allow_blank=True)
    email_verified = TrueOrFalse(required=False)
    metadata = serializers.DictField(required=False)

    def validate_metadata(self, value: dict[str, Any]) -> dict[str, Any]:
        if depth_of(value) > MAX_METADATA_DEPTH:
            raise serializers.ValidationError(f"At most {MAX_METADATA_DEPTH} levels deep.")
        if len(json.dumps(value)) > MAX_METADATA_BYTES:
            raise serializers.ValidationError("At most 16 kB.")
        return value


class PersonChange(AboutPerson):
    """A PATCH: what is not named stays."""


class PersonInput(AboutPerson):
    """A new user. Without a password the person sets one: see `POST /auth/password/forgot`."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(
        max_length=8192, trim_whitespace=False, required=False, style={"input_type": "password"}
    )


def depth_of(value: Any) -> int:
    """How deep objects and lists lie in one another."""
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0
