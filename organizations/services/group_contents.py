"""Who is in a group, and which roles it gives them.

Whoever adds or removes a member must cover all that the group gives: nobody comes to more through a group than
they could be given outright, and nobody takes it from above.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from core.errors import Conflict, NotFound
from organizations.events.groups import (
    GroupMemberAdded,
    GroupMemberRemoved,
    GroupRoleAdded,
    GroupRoleRemoved,
)
from organizations.models import GroupMember, GroupRole
from organizations.permissions import Permission
from organizations.services import access, groups, role_grants, roles
from organizations.services.access import Actor

MAX_ROLES = 20
"""Of one group."""


def members_of(
    actor: Actor, organization_id: UUID, group_id: UUID, *, now: datetime
) -> QuerySet[GroupMember]:
    """The links to a group's members, in the order they came."""
    acting = access.look(actor, organization_id, Permission.GROUP_READ, now=now)
    acting.require(Permission.MEMBER_READ)
    group = groups.find(groups.shown(organization_id), group_id)
    rows: QuerySet[GroupMember] = GroupMember.objects.filter(group=group).select_related("membership__user")
    return rows.order_by("created_at", "id")


@transaction.atomic
def add_member(
    *, actor: Actor, organization_id: UUID, group_id: UUID, member_id: UUID, now: datetime
) -> None:
    """Who is in it already stays. Raises `NotFound`, `NotAllowed`."""
    acting = access.enter(actor, organization_id, Permission.GROUP_MANAGE, now=now)
    group = groups.to_touch(acting, group_id)
    member = role_grants.find_member(acting, member_id)
    facts = {"created_at": now}
    if GroupMember.objects.get_or_create(group=group, membership=member, defaults=facts)[1]:
        event = GroupMemberAdded(**acting.for_audit, **groups.target(group), user_id=str(member.user_id))
        audit.record(event)


@transaction.atomic
def remove_member(
    *, actor: Actor, organization_id: UUID, group_id: UUID, member_id: UUID, now: datetime
) -> None:
    """Raises `NotFound`, `NotAllowed`."""
    acting = access.enter(actor, organization_id, Permission.GROUP_MANAGE, now=now)
    group = groups.to_touch(acting, group_id)
    member = role_grants.find_member(acting, member_id)
    if not GroupMember.objects.filter(group=group, membership=member).delete()[0]:
        raise NotFound(_("This member is not in the group."), reason="not_in_group")
    audit.record(GroupMemberRemoved(**acting.for_audit, **groups.target(group), user_id=str(member.user_id)))


@transaction.atomic
def add_role(*, actor: Actor, organization_id: UUID, group_id: UUID, role_id: UUID, now: datetime) -> None:
    """All members have the role from now on. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    acting = access.enter(actor, organization_id, Permission.GROUP_MANAGE, now=now)
    group = groups.to_touch(acting, group_id)
    role = roles.shareable(acting, roles.find(organization_id, role_id))
    held = GroupRole.objects.filter(group=group).values_list("role", flat=True)
    if role.id in held:
        return
    if len(held) >= MAX_ROLES:
        raise Conflict(_("A group may have {n} roles.").format(n=MAX_ROLES), reason="too_many_roles")
    GroupRole.objects.create(group=group, role=role)
    audit.record(GroupRoleAdded(**acting.for_audit, **groups.target(group), role=role.key))


@transaction.atomic
def remove_role(*, actor: Actor, organization_id: UUID, group_id: UUID, role_id: UUID, now: datetime) -> None:
    """Raises `NotFound`, `NotAllowed`."""
    acting = access.enter(actor, organization_id, Permission.GROUP_MANAGE, now=now)
    group = groups.to_touch(acting, group_id)
    role = roles.find(organization_id, role_id)
    if not GroupRole.objects.filter(group=group, role=role).delete()[0]:
        raise NotFound(_("This group does not have this role."), reason="role_not_in_group")
    audit.record(GroupRoleRemoved(**acting.for_audit, **groups.target(group), role=role.key))
