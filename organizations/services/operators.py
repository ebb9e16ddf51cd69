"""Organizations as operators of the installation see them: found, shut, opened again, given an owner who can act.

An operator has no place in an organization: what is in it stays its members' business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import operators
from accounts.models import Session, User
from accounts.services import sudo
from audit import services as audit
from core import mail
from core.errors import Conflict, ValidationFailed
from organizations.events.members import about
from organizations.events.operators import (
    OperatorAppointedOwner,
    OrganizationReopened,
    OrganizationSuspended,
    OwnerAppointed,
)
from organizations.models import Membership, Organization, Role
from organizations.permissions import OWNER
from organizations.services import notices
from organizations.services.access import not_there
from organizations.services.owners import able_in, may_own, owning

MAX_REASON = 500
OPEN, SUSPENDED, DELETING = "open", "suspended", "deleting"
STATUSES = {
    OPEN: Q(suspended_at=None, deletion_due_at=None),
    SUSPENDED: Q(suspended_at__isnull=False),
    DELETING: Q(suspended_at=None, deletion_due_at__isnull=False),
}

STATUS_CHOICES = [(status, status) for status in STATUSES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which organizations an operator looks for; what is empty does not matter."""

    search: str = ""
    status: str = ""
    created_after: datetime | None = None
    created_before: datetime | None = None


def find(actor: User, wanted: Wanted) -> "QuerySet[Organization]":
    """Those an operator looks for; raises `NotAllowed` for anybody else."""
    operators.require_operator(actor)
    times = {"created_at__gte": wanted.created_after, "created_at__lt": wanted.created_before}
    rows: QuerySet[Organization] = Organization.objects.filter(
        STATUSES.get(wanted.status, Q()), **{name: at for name, at in times.items() if at}
    )
    return matching(rows, wanted.search) if wanted.search.strip() else rows


def matching(rows: "QuerySet[Organization]", text: str) -> "QuerySet[Organization]":
    """Those whose name or slug holds the text, in any case."""
    text = text.strip()
    return rows.filter(Q(name__icontains=text) | Q(slug__icontains=text))


def get(actor: User, organization_id: UUID) -> Organization:
    """One of them, with `member_count`; raises `NotAllowed`, `NotFound`."""
    operators.require_operator(actor)
    found: Organization | None = (
        Organization.objects.filter(id=organization_id).annotate(member_count=Count("memberships")).first()
    )
    if found is None:
        raise not_there()
    return found


def owners(organization: Organization) -> "QuerySet[User]":
    """Its owners who can still sign in."""
    return User.objects.filter(
        memberships__organization=organization,
        memberships__role__organization=None,
        memberships__role__key=OWNER,
        status=User.Status.ACTIVE,
    ).order_by("email")


def status_of(organization: Organization) -> str:
    if organization.suspended_at is not None:
        return SUSPENDED
    return OPEN if organization.deletion_due_at is None else DELETING


@transaction.atomic
def suspend(*, session: Session, organization_id: UUID, reason: str, now: datetime) -> Organization:
    """Shut it: nobody works in it until it is opened again; its owners read why.

    Raises `ReauthenticationRequired`, `NotAllowed`, `NotFound`, `ValidationFailed` without a reason, `Conflict` where
    it is shut already.
    """
    sudo.require(session, now=now)
    row = _locked(session, organization_id, reason, now=now)
    if row.suspended_at is not None:
        raise Conflict(_("This organization is suspended already."), reason="already_suspended")
    row.suspended_at = now
    _save(row, now=now)
    _tell(owners(row), "organization_suspended", row, reason)
    audit.record(OrganizationSuspended(**_about(session.user, row), reason=reason.strip()))
    return row


@transaction.atomic
def reopen(*, session: Session, organization_id: UUID, reason: str, now: datetime) -> Organization:
    """Open it again, also with a reason. Raises as `suspend` does."""
    sudo.require(session, now=now)
    row = _locked(session, organization_id, reason, now=now)
    if row.suspended_at is None:
        raise Conflict(_("This organization is not suspended."), reason="not_suspended")
    row.suspended_at = None
    _save(row, now=now)
    _tell(owners(row), "organization_reopened", row, reason)
    audit.record(OrganizationReopened(**_about(session.user, row), reason=reason.strip()))
    return row


def appoint_owner(
    *, session: Session, organization_id: UUID, user_id: UUID, reason: str, now: datetime
) -> Organization:
    """Make a member its owner, where no owner could act: else it is theirs to decide. Who owned it stays an owner.

    Raises `ReauthenticationRequired` (of the operator's own session), `NotAllowed`, `NotFound`, `ValidationFailed`
    without a reason or a member who could act, `Conflict` where an owner can act.
    """
    sudo.require(session, now=now)
    with transaction.atomic():
        row = _locked(session, organization_id, reason, now=now)
        if row.erasing_at is not None:
            raise not_there()
        if able_in(row.id).exists():
            raise Conflict(_("An owner of this organization can act: it is theirs."), reason="owner_can_act")
        places = Membership.objects.filter(organization=row).select_related("organization", "role", "user")
        heir = places.filter(user=user_id).first()
        if heir is None or not may_own(heir):
            sentence = _("Choose a member who can act.")
            raise ValidationFailed(sentence, reason="not_an_heir", details={"user_id": [sentence]})
        present, old_role = [place.user for place in owning(places)], heir.role.key
        heir.role = Role.objects.system(OWNER)
        heir.save(update_fields=["role"])
        notices.tell_made_owner(heir, now=now)
        _tell(present, "organization_owner_appointed", row, reason)
        facts = {**_about(session.user, row), "membership_id": str(heir.id), "old_role": old_role}
        facts["reason"] = reason.strip()
        audit.record(OwnerAppointed(**{**facts, **about(heir)}))
        audit.record(OperatorAppointedOwner(**{**facts, "organization_id": None}))
    return row


def _locked(session: Session, organization_id: UUID, reason: str, *, now: datetime) -> Organization:
    """Under the lock that every change in the organization takes: what is under way is done, what comes finds it shut.

    The operator and their session are read anew, held until the end: whoever was locked out meanwhile does nothing more.
    """
    operators.require_operator(sudo.lock_person(session, now=now))
    if not 0 < len(reason.strip()) <= MAX_REASON:
        sentence = _("Say why, in at most %(most)s characters.") % {"most": MAX_REASON}
        raise ValidationFailed(sentence, details={"reason": [sentence]})
    row = Organization.objects.select_for_update(no_key=True).filter(id=organization_id).first()
    if row is None:
        raise not_there()
    return row


def _about(actor: User, row: Organization) -> dict[str, Any]:
    """The line stands in the organization's own chain: its owners read it."""
    target = {"target_type": "organization", "target_id": str(row.id)}
    return {"actor_type": "user", "actor_id": actor.id, "organization_id": row.id, **target}


def _save(row: Organization, *, now: datetime) -> None:
    row.updated_at = now
    row.save(update_fields=["suspended_at", "updated_at"])


def _tell(people: Iterable[User], kind: str, row: Organization, reason: str) -> None:
    for user in people:
        facts: dict[str, object] = {"organization": row.name, "reason": reason.strip()}
        mail.send(kind, user.email, facts, locale=user.locale)
