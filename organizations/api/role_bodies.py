"""Bodies of roles and permissions."""

from typing import Any

from rest_framework import serializers

from core.api.lists import ListQuery, list_of
from core.api.serializers import ShownModelSerializer, StrictSerializer
from organizations.models import AppPermission, Role
from organizations.permission_names import MAX_LENGTH
from organizations.services.roles import MAX_KEY, RoleFacts

MAX_PERMISSIONS = 300


def permission_names() -> Any:
    return serializers.ListField(
        child=serializers.CharField(max_length=MAX_LENGTH), max_length=MAX_PERMISSIONS, required=False
    )


class RoleChangeInput(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    description = serializers.CharField(max_length=200, allow_blank=True, required=False)
    permissions = permission_names()


class RoleInput(RoleChangeInput):
    """Without a `key` the role gets one made of its name. It is what tokens say, and never changes."""

    name = serializers.CharField(max_length=100)
    key = serializers.RegexField(r"^[a-z][a-z0-9-]*\Z", max_length=MAX_KEY, required=False)


class RoleDeletionQuery(StrictSerializer):
    move_to = serializers.UUIDField(
        required=False, help_text="The role that everybody gets instead who has this one."
    )


class RoleOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    is_system = serializers.BooleanField(help_text="The same everywhere; not edited in an organization.")
    permissions = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CountedRoleOutput(RoleOutput):
    member_count = serializers.IntegerField(help_text="Members of this organization whose first role it is.")


CountedRoleListOutput = list_of(CountedRoleOutput)


class MemberRoleOutput(RoleOutput):
    via = serializers.ChoiceField(choices=["first", "further", "group"])
    group = serializers.UUIDField(allow_null=True, help_text="Of the group that gives it.")


class MemberRolesOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {"data": MemberRoleOutput(many=True)}


class PermissionsQuery(ListQuery):
    client_id = serializers.CharField(max_length=255, required=False, help_text="Of this app only.")


class AppPermissionOutput(ShownModelSerializer[AppPermission]):
    class Meta:
        model = AppPermission
        fields = ("id", "name", "client_id", "description", "created_at")


class AppPermissionListOutput(list_of(AppPermissionOutput)):  # type: ignore[misc]
    """`data`: of apps, page by page. `janua`: Janua's own, always all of them."""

    def get_fields(self) -> dict[str, Any]:
        own = serializers.ListField(child=serializers.CharField())
        return {**super().get_fields(), "janua": own}


class SystemRolesOutput(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {"data": RoleOutput(many=True)}


class SystemRoleInput(StrictSerializer):
    """Exactly these permissions of apps; Janua's own stay as they are."""

    permissions = serializers.ListField(
        child=serializers.CharField(max_length=MAX_LENGTH), max_length=MAX_PERMISSIONS
    )


def facts_of(body: dict[str, Any]) -> RoleFacts:
    permissions = body.get("permissions")
    return RoleFacts(
        name=body.get("name"),
        description=body.get("description"),
        permissions=None if permissions is None else tuple(permissions),
    )


def role_body(role: Role) -> dict[str, Any]:
    return {
        "id": str(role.id),
        "key": role.key,
        "name": role.name,
        "description": role.description,
        "is_system": role.is_system,
        "permissions": sorted(role.granted.names),
        "created_at": role.created_at,
        "updated_at": role.updated_at,
    }


def counted_body(role: Any) -> dict[str, Any]:
    return {**role_body(role), "member_count": role.member_count}
