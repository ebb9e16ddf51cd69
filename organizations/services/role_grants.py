"""Further roles of one member, besides the first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import emails
from audit import services as audit
from core.errors import Conflict, NotFound, ValidationFailed
from organizations.events.roles import RoleGranted, RoleTaken
from organizations.models import GroupMember, GroupRole, Membership, Role, RoleGrant
from organizations.permissions import Permission
from organizations.services import access, roles
from organizations.services.access import Access, Actor

MAX_GRANTS = 20
"""Further roles of one member."""


@dataclass(frozen=True, slots=True)
class Held:
    """One role of a member, and where it comes from."""

    role: Role
    via: Literal["first", "further", "group"]
    group_id: UUID | None = None


def of_member(actor: Actor, organization_id: UUID, member_id: UUID, *, now: datetime) -> list[Held]:
    """All roles of a member: the first, further ones, those of groups. Raises `NotFound`, `NotAllowed`."""
    acting = access.look(actor, organization_id, Permission.MEMBER_READ, now=now)
    acting.require(Permission.ROLE_READ)
    member = _find(organization_id, member_id)
    further = RoleGrant.objects.filter(membership=member).select_related("role").order_by("created_at", "id")
    groups = GroupMember.objects.filter(membership=member).values("group")
    shared = GroupRole.objects.filter(group__in=groups).select_related("role").order_by("group__name", "id")
    return [
        Held(member.role, "first"),
        *(Held(row.role, "further") for row in further),
        *(Held(row.role, "group", row.group_id) for row in shared),
    ]


@transaction.atomic
def grant(*, actor: Actor, organization_id: UUID, member_id: UUID, role_id: UUID, now: datetime) -> None:
    """Give a member a further role; one they have stays. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    acting = access.enter(actor, organization_id, Permission.MEMBER_UPDATE, now=now)
    member, role = _both(acting, member_id, role_id)
    held = RoleGrant.objects.filter(membership=member).values_list("role", flat=True)
    if role.id in held:
        return
    if len(held) >= MAX_GRANTS:
        sentence = _("A member may have {n} further roles.").format(n=MAX_GRANTS)
        raise Conflict(sentence, reason="too_many_roles")
    RoleGrant.objects.create(membership=member, role=role, created_at=now)
    event = RoleGranted(**acting.for_audit, target_type="user", target_id=str(member.user_id), role=role.key)
    audit.record(event)


@transaction.atomic
def take(*, actor: Actor, organization_id: UUID, member_id: UUID, role_id: UUID, now: datetime) -> None:
    """Take a further role from a member. Raises `NotFound`, `NotAllowed`."""
    acting = access.enter(actor, organization_id, Permission.MEMBER_UPDATE, now=now)
    member, role = _both(acting, member_id, role_id)
    if not RoleGrant.objects.filter(membership=member, role=role).delete()[0]:
        raise NotFound(_("This member does not have this role as a further one."), reason="role_not_granted")
    event = RoleTaken(**acting.for_audit, target_type="user", target_id=str(member.user_id), role=role.key)
    audit.record(event)


def find_member(acting: Access, member_id: UUID) -> Membership:
    """A member there, whom the actor may touch; raises `NotFound`, `NotAllowed`."""
    member = _find(acting.organization.id, member_id)
    acting.require_covers(access.granted_to(member))
    return member


def member_id_of(acting: Access, email: str) -> UUID:
    """Of the member with this address; raises `ValidationFailed`."""
    asked = emails.canonical(email)
    rows = Membership.objects.filter(organization=acting.organization, user__email=asked)
    found: UUID | None = rows.values_list("id", flat=True).first()
    if found is None:
        sentence = _("Nobody here has this address.")
        raise ValidationFailed(sentence, reason="member_unknown", details={"email": [sentence]})
    return found


def _find(organization_id: UUID, member_id: UUID) -> Membership:
    rows = Membership.objects.select_related("role", "user")
    member: Membership | None = rows.filter(organization_id=organization_id, id=member_id).first()
    if member is None:
        raise NotFound(_("There is no such member."), reason="member_not_found")
    return member


def _both(acting: Access, member_id: UUID, role_id: UUID) -> tuple[Membership, Role]:
    member = find_member(acting, member_id)
    return member, roles.shareable(acting, roles.find(acting.organization.id, role_id))
