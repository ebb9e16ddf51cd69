"""The roles of an organization: the system's, which nobody edits there, and its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit import services as audit
from core.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from organizations.events.roles import RoleChanged, RoleCreated, RoleDeleted
from organizations.models import (
    AppPermission,
    Domain,
    GroupRole,
    Invitation,
    Membership,
    Role,
    RoleGrant,
    ServiceAccount,
)
from organizations.permissions import SYSTEM_ROLES, VIEWER, Granted, Permission
from organizations.services import access
from organizations.services.access import Access, Actor

MAX_KEY = 63
MAX_ROLES = 100
"""Of an organization's own."""


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What a role is made of; None: as it is."""

    name: str | None = None
    description: str | None = None
    permissions: tuple[str, ...] | None = None


def list_of(actor: Actor, organization_id: UUID, *, now: datetime) -> QuerySet[Role]:
    """All roles that can be had there, with the number of members whose first role each is."""
    access.look(actor, organization_id, Permission.ROLE_READ, now=now)
    ensure_system_roles()
    return usable(organization_id)


def get(actor: Actor, organization_id: UUID, role_id: UUID, *, now: datetime) -> Role:
    """One of those; raises `NotFound`, also for another organization's role."""
    access.look(actor, organization_id, Permission.ROLE_READ, now=now)
    role: Role | None = usable(organization_id).filter(id=role_id).first()
    if role is None:
        raise _not_there()
    return role


@transaction.atomic
def create(*, actor: Actor, organization_id: UUID, key: str = "", facts: RoleFacts, now: datetime) -> Role:
    """A role of the organization's own. Raises `NotAllowed` for more than one may do oneself, `Conflict`,
    `ValidationFailed`."""
    acting = access.enter(actor, organization_id, Permission.ROLE_MANAGE, now=now)
    key, permissions = key or _key_of(facts.name or ""), known_permissions(facts.permissions or ())
    acting.require_covers(Granted(frozenset(permissions)))
    _require_free_key(organization_id, key)
    if Role.objects.filter(organization_id=organization_id).count() >= MAX_ROLES:
        sentence = _("An organization may have {n} roles of its own.").format(n=MAX_ROLES)
        raise Conflict(sentence, reason="too_many_roles")
    role: Role = Role.objects.create(
        organization_id=organization_id,
        key=key,
        name=facts.name or key,
        description=facts.description or "",
        permissions=permissions,
        created_at=now,
        updated_at=now,
    )
    audit.record(RoleCreated(**acting.for_audit, **target(role), key=key, permissions=tuple(permissions)))
    return role


@transaction.atomic
def change(*, actor: Actor, organization_id: UUID, role_id: UUID, facts: RoleFacts, now: datetime) -> Role:
    """Change a role of the organization's own, at once for all who have it.

    Who edits it must cover what it allows before and after: so nobody is raised beyond the editor, and nobody above
    the editor loses anything. Raises `NotFound`, `NotAllowed`, `ValidationFailed`.
    """
    acting = access.enter(actor, organization_id, Permission.ROLE_MANAGE, now=now)
    wanted = None if facts.permissions is None else known_permissions(facts.permissions)
    role = _lock_own(acting, role_id)
    before, after = set(role.permissions), set(role.permissions if wanted is None else wanted)
    acting.require_covers(Granted(frozenset(before | after)))
    values: dict[str, Any] = {"name": facts.name, "description": facts.description}
    values["permissions"] = wanted if before != after else None
    changes = {name: value for name, value in values.items() if value not in (None, getattr(role, name))}
    if changes:
        for name, value in changes.items():
            setattr(role, name, value)
        role.updated_at = now
        role.save(update_fields=[*changes, "updated_at"])
        added, removed = tuple(sorted(after - before)), tuple(sorted(before - after))
        event = RoleChanged(**acting.for_audit, **target(role), key=role.key, added=added, removed=removed)
        audit.record(event)
    return role


@transaction.atomic
def delete(
    *, actor: Actor, organization_id: UUID, role_id: UUID, move_to: UUID | None = None, now: datetime
) -> None:
    """Delete a role of the organization's own; whoever has it as their first role gets that of `move_to`.

    As a further role and in groups it ends. Raises `Conflict` where it is in use and `move_to` says nothing,
    `NotFound`, `NotAllowed`, `ReauthenticationRequired`.
    """
    acting = access.enter(actor, organization_id, Permission.ROLE_MANAGE, now=now)
    acting.require_person(now=now)
    role = _lock_own(acting, role_id)
    acting.require_covers(role.granted)
    heir = _heir(acting, role, move_to) if move_to else None
    if heir is None and any(rows.exists() for rows in (*_held_by(role), *_further(role))):
        sentence = _("This role is in use. Say which one people get instead.")
        raise Conflict(sentence, reason="role_in_use")
    members = _hand_over(role, heir) if heir else 0
    # What is left of it are invitations that ended: they invite nobody any more, and hold no role back.
    Invitation.objects.filter(role=role).update(role=heir or Role.objects.system(VIEWER))
    facts: dict[str, Any] = {
        **target(role),
        "key": role.key,
        "moved_to": heir.key if heir else "",
        "members": members,
    }
    role.delete()
    audit.record(RoleDeleted(**acting.for_audit, **facts))


def usable(organization_id: UUID) -> QuerySet[Role]:
    """The system's first, then the organization's own by name."""
    rows: QuerySet[Role] = Role.objects.usable_in(organization_id)
    here = Membership.objects.filter(organization_id=organization_id, role=OuterRef("pk")).order_by()
    counts = here.values("role").annotate(count=Count("id")).values("count")
    counted = rows.annotate(member_count=Coalesce(Subquery(counts), 0))
    return counted.order_by(F("organization").asc(nulls_first=True), "name", "id")


def find(organization_id: UUID, role_id: UUID) -> Role:
    """A role that can be had there; raises `NotFound`."""
    role: Role | None = Role.objects.usable_in(organization_id).filter(id=role_id).first()
    if role is None:
        raise _not_there()
    return role


def shareable(acting: Access, role: Role) -> Role:
    """Refuse what the actor may not give to many, or take from them: raises `NotAllowed`.

    Ownership is a member's first role and nothing else: so it is always plain who the last owner is.
    """
    acting.require_covers(role.granted)
    if role.granted.is_owner:
        sentence = _("Ownership is given to a person as their role, not as a further one.")
        raise NotAllowed(sentence, reason="ownership_not_shared")
    return role


def known_permissions(names: Iterable[str]) -> list[str]:
    """The names in order, each once, held against deletion until the transaction ends. Raises `ValidationFailed`."""
    asked = set(names)
    of_apps = asked - set(Permission)
    rows = AppPermission.objects.select_for_update(no_key=True).filter(name__in=of_apps).order_by("id")
    unknown = of_apps - {row.name for row in rows}
    if unknown:
        sentence = _("There is no permission {name}.").format(name=min(unknown))
        raise ValidationFailed(sentence, reason="unknown_permission", details={"permissions": [sentence]})
    return sorted(asked)


def ensure_system_roles() -> None:
    """The rows of the system roles, which come into being when they are first needed."""
    there = set(Role.objects.filter(organization=None).values_list("key", flat=True))
    for key in SYSTEM_ROLES.keys() - there:
        Role.objects.system(key)


def target(role: Role) -> dict[str, Any]:
    return {"target_type": "role", "target_id": str(role.id)}


def _lock_own(acting: Access, role_id: UUID) -> Role:
    role = find(acting.organization.id, role_id)
    if role.is_system:
        sentence = _("The roles of the system are the same everywhere. Make a role of your own instead.")
        raise NotAllowed(sentence, reason="system_role")
    locked: Role = Role.objects.select_for_update(no_key=True).get(id=role_id)
    return locked


def _heir(acting: Access, role: Role, role_id: UUID) -> Role:
    if role_id == role.id:
        sentence = _("Choose another role than the one that goes.")
        raise ValidationFailed(sentence, reason="same_role", details={"move_to": [sentence]})
    return shareable(acting, find(acting.organization.id, role_id))


def _held_by(role: Role) -> tuple[QuerySet[Any], ...]:
    """Whoever has, or is to get, it as their one role."""
    return (
        Membership.objects.filter(role=role),
        Invitation.objects.pending().filter(role=role),
        ServiceAccount.objects.filter(role=role),
        Domain.objects.filter(role=role),
    )


def _further(role: Role) -> tuple[QuerySet[Any], ...]:
    return RoleGrant.objects.filter(role=role), GroupRole.objects.filter(role=role)


def _hand_over(role: Role, heir: Role) -> int:
    """Everybody gets the heir instead, and who had both keeps it once; how many members changed their role."""
    moved = [rows.update(role=heir) for rows in _held_by(role)]  # members first
    grants, links = _further(role)
    grants.exclude(membership__in=RoleGrant.objects.filter(role=heir).values("membership")).update(role=heir)
    links.exclude(group__in=GroupRole.objects.filter(role=heir).values("group")).update(role=heir)
    return moved[0]


def _require_free_key(organization_id: UUID, key: str) -> None:
    if key in SYSTEM_ROLES or Role.objects.filter(organization_id=organization_id, key=key).exists():
        sentence = _("There is a role with this key already.")
        raise Conflict(sentence, reason="role_key_taken", details={"key": [sentence]})


def _key_of(name: str) -> str:
    """A key made of the name; names without Latin letters need one given."""
    key = slugify(name)[:MAX_KEY].strip("-")
    if not key or not key[0].isalpha():
        sentence = _("Give the role a key of small letters, digits and hyphens.")
        raise ValidationFailed(sentence, reason="key_needed", details={"key": [sentence]})
    return key


def _not_there() -> NotFound:
    return NotFound(_("There is no such role."), reason="role_not_found")
