"""An organization has an owner who can act, always. Whoever asks holds its lock (`access.enter`)."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict
from organizations.models import Membership, Organization
from organizations.permissions import OWNER


def owning(memberships: "QuerySet[Membership]") -> "QuerySet[Membership]":
    """Those of them that own."""
    return memberships.filter(role__organization=None, role__key=OWNER)


def able_in(organization_id: UUID) -> "QuerySet[Membership]":
    """Owners who can act: not suspended here, nor locked out, nor on their way out of the whole installation."""
    rows = Membership.objects.filter(organization_id=organization_id, suspended_at=None)
    return owning(rows).filter(user__status=User.Status.ACTIVE, user__deletion_due_at=None)


def is_owner(membership: Membership) -> bool:
    """`membership` has its role."""
    return membership.role.is_system and membership.role.key == OWNER


def may_own(membership: Membership) -> bool:
    """Whether this member could act as owner; `membership` has its user."""
    user = membership.user
    return membership.is_active and user.is_active and user.deletion_due_at is None


def require_another(membership: Membership) -> None:
    """Before this one ceases to own: raises `Conflict` where nobody else could act as owner."""
    if is_owner(membership) and not able_in(membership.organization_id).exclude(id=membership.id).exists():
        raise Conflict(
            _("An organization needs an owner. Make somebody else one first."), reason="last_owner"
        )


def depending_on(user: User) -> "QuerySet[Organization]":
    """Where nobody but this person could act as owner."""
    theirs = owning(Membership.objects.filter(organization=OuterRef("pk"), user=user))
    others = owning(Membership.objects.filter(organization=OuterRef("pk"), suspended_at=None))
    able = others.filter(user__status=User.Status.ACTIVE, user__deletion_due_at=None).exclude(user=user)
    rows: QuerySet[Organization] = Organization.objects.filter(Exists(theirs), ~Exists(able))
    return rows.order_by("id")
