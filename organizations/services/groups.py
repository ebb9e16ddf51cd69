"""Groups: members who share roles."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from core.errors import Conflict, NotFound
from organizations.events.groups import GroupChanged, GroupCreated, GroupDeleted
from organizations.models import Group
from organizations.permissions import Granted, Permission
from organizations.services import access
from organizations.services.access import Access, Actor

MAX_GROUPS = 500
"""In one organization."""


def list_of(actor: Actor, organization_id: UUID, *, now: datetime) -> QuerySet[Group]:
    """All groups by name, each with its roles and the number of its members."""
    access.look(actor, organization_id, Permission.GROUP_READ, now=now)
    return shown(organization_id)


def get(actor: Actor, organization_id: UUID, group_id: UUID, *, now: datetime) -> Group:
    """Raises `NotFound`, also for another organization's group."""
    access.look(actor, organization_id, Permission.GROUP_READ, now=now)
    return find(shown(organization_id), group_id)


@transaction.atomic
def create(*, actor: Actor, organization_id: UUID, name: str, description: str = "", now: datetime) -> Group:
    """A group without roles and members. Raises `Conflict`."""
    acting = access.enter(actor, organization_id, Permission.GROUP_MANAGE, now=now)
    there = Group.objects.filter(organization_id=organization_id)
    _require_free_name(there, name)
    if there.count() >= MAX_GROUPS:
        sentence = _("An organization may have {n} groups.").format(n=MAX_GROUPS)
        raise Conflict(sentence, reason="too_many_groups")
    group: Group = Group.objects.create(
        organization_id=organization_id, name=name, description=description, created_at=now, updated_at=now
    )
    audit.record(GroupCreated(**acting.for_audit, **target(group), name=name))
    return find(shown(organization_id), group.id)


@transaction.atomic
def change(
    *, actor: Actor, organization_id: UUID, group_id: UUID, changes: dict[str, str], now: datetime
) -> Group:
    """Another `name` or `description`. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    acting = access.enter(actor, organization_id, Permission.GROUP_MANAGE, now=now)
    group = to_touch(acting, group_id)
    if changes.get("name", group.name) != group.name:
        _require_free_name(Group.objects.filter(organization_id=organization_id), changes["name"])
    different = {name: value for name, value in changes.items() if value != getattr(group, name)}
    if different:
        Group.objects.filter(id=group.id).update(**different, updated_at=now)
        audit.record(
            GroupChanged(**acting.for_audit, **target(group), name=different.get("name", group.name))
        )
    return find(shown(organization_id), group_id)


@transaction.atomic
def delete(*, actor: Actor, organization_id: UUID, group_id: UUID, now: datetime) -> None:
    """Delete a group: its members lose what it gave them. Raises `NotFound`, `NotAllowed`,
    `ReauthenticationRequired`."""
    acting = access.enter(actor, organization_id, Permission.GROUP_MANAGE, now=now)
    acting.require_person(now=now)
    group = to_touch(acting, group_id)
    facts = {**target(group), "name": group.name, "members": group.member_links.count()}
    group.delete()
    audit.record(GroupDeleted(**acting.for_audit, **facts))


def to_touch(acting: Access, group_id: UUID) -> Group:
    """A group there that gives nothing beyond the actor's own; raises `NotFound`, `NotAllowed`."""
    group = find(Group.objects.filter(organization=acting.organization), group_id)
    acting.require_covers(granted_by(group))
    return group


def granted_by(group: Group) -> Granted:
    return access.united(list(group.roles.all()))


def shown(organization_id: UUID) -> QuerySet[Group]:
    rows: QuerySet[Group] = Group.objects.filter(organization_id=organization_id)
    counted = rows.annotate(member_count=Count("member_links"))
    return counted.prefetch_related("roles").order_by("name", "id")


def find(rows: QuerySet[Group], group_id: UUID) -> Group:
    group = rows.filter(id=group_id).first()
    if group is None:
        raise NotFound(_("There is no such group."), reason="group_not_found")
    return group


def target(group: Group) -> dict[str, Any]:
    return {"target_type": "group", "target_id": str(group.id)}


def _require_free_name(rows: QuerySet[Group], name: str) -> None:
    if rows.filter(name=name).exists():
        sentence = _("There is a group with this name already.")
        raise Conflict(sentence, reason="group_name_taken", details={"name": [sentence]})
