"""Roles, groups, and the permissions of apps."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.models import UUIDModel
from core.statements import Slot
from organizations.permissions import OWNER, SYSTEM_ROLES, Granted


class AppPermission(UUIDModel):
    """A permission that an app gave a name: `invoices:write`. Tokens for its client carry it; Janua does not read it."""

    name = models.CharField(max_length=100, unique=True)
    client_id = models.CharField(max_length=255, db_index=True)
    description = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


SYSTEM_TITLES = {"owner": _("Owner"), "admin": _("Admin"), "member": _("Member"), "viewer": _("Viewer")}


def system_name(key: str) -> str:
    """For programs, in no language but ours."""
    return key.capitalize()


class RoleQuerySet(models.QuerySet["Role"]):
    def usable_in(self, organization_id: UUID | Slot) -> Self:
        """The system's and the organization's own."""
        return self.filter(Q(organization=None) | Q(organization_id=organization_id))

    def system(self, key: str) -> "Role":
        """A system role; its row comes into being with the first organization that needs it."""
        now = clock.now()
        facts = {"name": system_name(key), "created_at": now, "updated_at": now}
        return self.get_or_create(organization=None, key=key, defaults=facts)[0]


class Role(UUIDModel):
    """A named set of permissions: the system's (no organization) or an organization's own.

    What a system role may do in Janua stands in `organizations.permissions`; its row holds what operators let it do
    in apps besides.
    """

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.CASCADE, related_name="roles", null=True, blank=True
    )
    key = models.CharField(max_length=63)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True, default="")
    permissions = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: ClassVar = RoleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "key"), name="role_key_in_organization"),
            models.UniqueConstraint(
                fields=("key",), condition=Q(organization=None), name="role_key_of_the_system"
            ),
        ]

    organization_id: UUID | None

    def __str__(self) -> str:
        return self.name

    @property
    def is_system(self) -> bool:
        return self.organization_id is None

    @property
    def title(self) -> str:
        """Its name as people read it: the system's in their own language."""
        return str(SYSTEM_TITLES[self.key]) if self.is_system else self.name

    @property
    def granted(self) -> Granted:
        """What it lets one do."""
        own = SYSTEM_ROLES.get(self.key, frozenset()) if self.is_system else frozenset()
        return Granted(frozenset(self.permissions) | own, self.is_system and self.key == OWNER)


class RoleGrant(UUIDModel):
    """A further role of one member."""

    membership = models.ForeignKey(
        "organizations.Membership", on_delete=models.CASCADE, related_name="role_grants"
    )
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("membership", "role"), name="one_role_grant")
        ]

    def __str__(self) -> str:
        return f"role grant {self.id}"


class Group(UUIDModel):
    """Members who share roles."""

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.CASCADE, related_name="groups"
    )
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=200, blank=True, default="")
    roles = models.ManyToManyField(Role, through="GroupRole", related_name="groups")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("organization", "name"), name="group_name_in_organization")
        ]

    def __str__(self) -> str:
        return self.name


class GroupRole(UUIDModel):
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="role_links")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="group_links")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("group", "role"), name="one_group_role")]

    def __str__(self) -> str:
        return f"group role {self.id}"


class GroupMember(UUIDModel):
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="member_links")
    membership = models.ForeignKey(
        "organizations.Membership", on_delete=models.CASCADE, related_name="group_links"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("group", "membership"), name="one_group_member")
        ]

    def __str__(self) -> str:
        return f"group member {self.id}"
