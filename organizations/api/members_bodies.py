"""Bodies of `/api/v1/organizations/{id}/members`."""

from typing import Any

from rest_framework import serializers

from core.api.cursors import CursorQuery, cursor_list_of
from core.api.serializers import StrictSerializer
from organizations.api.organizations_bodies import RoleRefOutput, role_body
from organizations.models import Membership


class MembersQuery(CursorQuery):
    """Filters of the list; `search` looks into address and names."""

    search = serializers.CharField(max_length=200, min_length=2, required=False)
    role_id = serializers.UUIDField(required=False)
    user_id = serializers.UUIDField(required=False, help_text="The one place of this person.")
    status = serializers.ChoiceField(choices=["active", "suspended"], required=False)


class MemberChange(StrictSerializer):
    role_id = serializers.UUIDField(help_text="A role of the system, or of the organization.")


class MemberUserOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    picture_url = serializers.URLField(allow_null=True)


class MemberOutput(serializers.Serializer[Any]):
    """A member as other members see them."""

    id = serializers.UUIDField(help_text="Of the membership.")
    user = MemberUserOutput()
    role = RoleRefOutput()
    joined_at = serializers.DateTimeField()
    suspended_at = serializers.DateTimeField(allow_null=True)


MemberPageOutput = cursor_list_of(MemberOutput)


def member_body(member: Membership) -> dict[str, Any]:
    """`MemberOutput`; `member` has its person and role."""
    user = member.user
    return {
        "id": member.id,
        "user": {"id": user.id, "email": user.email, "name": user.name, "picture_url": user.picture or None},
        "role": role_body(member.role),
        "joined_at": member.joined_at,
        "suspended_at": member.suspended_at,
    }
