"""Further roles of one member, besides the first."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.errors import Conflict, NotFound
from organizations.events.roles import RoleGranted, RoleTaken
from organizations.models import Membership, Role, RoleGrant
from organizations.permissions import Permission
from organizations.services import access, roles
from organizations.services.access import Access, Actor

MAX_GRANTS = 20
"""Further roles of one member."""


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
    rows = Membership.objects.select_related("role", "user")
    member: Membership | None = rows.filter(organization=acting.organization, id=member_id).first()
    if member is None:
        raise NotFound(_("There is no such member."), reason="member_not_found")
    acting.require_covers(access.granted_to(member))
    return member


def _both(acting: Access, member_id: UUID, role_id: UUID) -> tuple[Membership, Role]:
    member = find_member(acting, member_id)
    return member, roles.shareable(acting, roles.find(acting.organization.id, role_id))
