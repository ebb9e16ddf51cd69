"""Deleting an organization, with days of grace, and its erasure when they are over.

`Organization.deletion_due_at` closes it; `erasing_at` is set under its lock, and from then on it is there for nobody.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from core.errors import Conflict, ValidationFailed
from core.purging import purge_dependants, purge_rows
from organizations.events.members import OwnershipInherited, about
from organizations.events.organizations import (
    OrganizationDeletionCancelled,
    OrganizationDeletionRequested,
    OrganizationErased,
    upon,
)
from organizations.models import Domain, Invitation, Membership, Organization, Role, ServiceAccount
from organizations.permissions import ADMIN, OWNER, Permission
from organizations.services import enrolment, notices, owners
from organizations.services.access import Access, Actor, enter

BATCH = 20
TOLD = 50  # owners who get a mail
# What holds roles fast goes before the roles, which hang on the organization.
FIRST = (
    (Invitation, "created_at"),
    (Membership, "joined_at"),
    (ServiceAccount, "created_at"),
    (Domain, "created_at"),
)


def grace_days() -> int:
    return int(settings.JANUA.organization_deletion_grace_days)


def request(*, actor: Actor, organization_id: UUID, typed_slug: str, now: datetime) -> Access:
    """Close the organization at once, and erase it when the days of grace are over. Asks for a fresh proof.

    Raises `ValidationFailed` when its slug is not typed right, `NotFound`, `NotAllowed`, `Conflict`,
    `ReauthenticationRequired`.
    """
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.ORGANIZATION_DELETE, now=now)
        access.require_person(now=now)
        row = access.organization
        if typed_slug.strip().lower() != row.slug:
            sentence = _("Type the name in addresses of this organization.")
            raise ValidationFailed(sentence, reason="slug_does_not_match", details={"slug": [sentence]})
        _close(row, due_at=now + timedelta(days=grace_days()), now=now)
        _tell_owners(row, now=now)
        audit.record(
            OrganizationDeletionRequested(
                **access.for_audit, **upon(row.id), due_at=_text(row.deletion_due_at)
            )
        )
    return access


def cancel(*, actor: Actor, organization_id: UUID, now: datetime) -> Access:
    """Take the organization back. Raises `NotFound`, `NotAllowed`, `Conflict` where it was not to be deleted."""
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.ORGANIZATION_DELETE, now=now, may_be_shut=True)
        access.require_member()
        row = access.organization
        if row.deletion_due_at is None:
            raise Conflict(_("This organization is not to be deleted."), reason="no_deletion_due")
        _close(row, due_at=None, now=now)
        audit.record(OrganizationDeletionCancelled(**access.for_audit, **upon(row.id)))
    return access


def erase_due(*, now: datetime) -> int:
    """Erase some of those whose days are over; how many are gone. One that fails stops no other."""
    due = Organization.objects.filter(deletion_due_at__lte=now).order_by("deletion_due_at", "id")
    gone, failures = 0, []
    for row in due[:BATCH]:
        try:
            gone += erase(row, now=now)
        except Exception as failure:  # noqa: BLE001 - raised below, with those of the others
            failures.append(failure)
    if failures:
        raise ExceptionGroup("organizations that could not be erased", failures)
    return gone


def erase(row: Organization, *, now: datetime) -> bool:
    """Erase one, if it is time, in bounded batches; whether nothing is left. Its trail stays."""
    if not _begin(row, now=now):
        return False
    for model, by in FIRST:
        rows = model.objects.filter(organization=row)
        purge_rows(rows, oldest_by=by)
        if rows.exists():
            return False
    if not purge_dependants(row):
        return False
    with transaction.atomic():
        left = Organization.objects.select_for_update().filter(id=row.id, erasing_at__isnull=False).first()
        if left is None:
            return False
        organization_id, slug = left.id, left.slug
        left.delete()
        audit.record(
            OrganizationErased(
                actor_type="system", organization_id=organization_id, **upon(organization_id), slug=slug
            )
        )
    return True


def let_go(user: User, *, now: datetime) -> None:
    """The person's account is being erased, inside a transaction: what nobody else owns goes to the longest-serving
    admin; without one it is to be deleted, at once where nobody else is in it."""
    enrolment.stop_for_good(user, now=now)
    for row in owners.depending_on(user).select_for_update(no_key=True, of=("self",)):
        others = Membership.objects.filter(organization=row).exclude(user=user)
        if owners.owning(others.filter(suspended_at=None)).exists():
            continue  # locked out by an operator, and owner still when let in again
        heirs = others.filter(
            role__organization=None,
            role__key=ADMIN,
            suspended_at=None,
            user__status=User.Status.ACTIVE,
            user__deletion_due_at=None,
        )
        heir = heirs.select_related("user", "organization").order_by("joined_at", "id").first()
        if heir is not None:
            _inherit(heir, now=now)
        elif row.deletion_due_at is None or not others.exists():
            _close_unowned(row, due_at=now + timedelta(days=grace_days() if others.exists() else 0), now=now)


def _inherit(heir: Membership, *, now: datetime) -> None:
    heir.role = Role.objects.system(OWNER)
    heir.save(update_fields=["role"])
    notices.tell_made_owner(heir, now=now)
    audit.record(OwnershipInherited(actor_type="system", organization_id=heir.organization_id, **about(heir)))


def _close_unowned(row: Organization, *, due_at: datetime, now: datetime) -> None:
    _close(row, due_at=due_at, now=now)
    audit.record(
        OrganizationDeletionRequested(
            actor_type="system", organization_id=row.id, **upon(row.id), due_at=_text(row.deletion_due_at)
        )
    )


@transaction.atomic
def _begin(row: Organization, *, now: datetime) -> bool:
    """From here on nobody takes it back: an owner who does has committed before, or waits here and finds it gone."""
    rows = Organization.objects.select_for_update(no_key=True)
    due = rows.filter(id=row.id, deletion_due_at__lte=now).first()
    if due is None:
        return False
    if due.erasing_at is None:
        due.erasing_at = now
        due.save(update_fields=["erasing_at"])
    return True


def _close(row: Organization, *, due_at: datetime | None, now: datetime) -> None:
    row.deletion_due_at, row.updated_at = due_at, now
    row.save(update_fields=["deletion_due_at", "updated_at"])


def _tell_owners(row: Organization, *, now: datetime) -> None:
    told = owners.able_in(row.id).select_related("user").order_by("joined_at", "id")[:TOLD]
    notices.tell_deletion(row, [place.user for place in told], now=now)


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""
