"""Bodies of groups."""

from typing import Any

from rest_framework import serializers

from core.api.lists import list_of
from core.api.serializers import StrictSerializer
from organizations.models import GroupMember


class GroupChangeInput(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    description = serializers.CharField(max_length=200, allow_blank=True, required=False)


class GroupInput(GroupChangeInput):
    name = serializers.CharField(max_length=100)


class GroupRoleOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()


class GroupOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    roles = GroupRoleOutput(many=True)
    member_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class GroupMemberOutput(serializers.Serializer[Any]):
    member_id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    added_at = serializers.DateTimeField()


GroupListOutput = list_of(GroupOutput)
GroupMemberListOutput = list_of(GroupMemberOutput)


def group_body(group: Any) -> dict[str, Any]:
    """Of a group with its roles prefetched and its members counted (`groups.shown`)."""
    return {
        "id": str(group.id),
        "name": group.name,
        "description": group.description,
        "roles": [{"id": str(role.id), "key": role.key, "name": role.name} for role in group.roles.all()],
        "member_count": group.member_count,
        "created_at": group.created_at,
        "updated_at": group.updated_at,
    }


def member_body(link: GroupMember) -> dict[str, Any]:
    user = link.membership.user
    return {
        "member_id": str(link.membership_id),
        "user_id": str(user.id),
        "email": user.email,
        "name": user.name,
        "added_at": link.created_at,
    }
