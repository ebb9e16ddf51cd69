"""An organization's mail domains: said to be its own, proven by a TXT record, given up."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from core import limits, throttle
from core.errors import Conflict, NotFound, ValidationFailed
from organizations import dns_records, domain_names
from organizations.dns_records import Answer
from organizations.events.domains import (
    DomainAdded,
    DomainChanged,
    DomainNotVerified,
    DomainRemoved,
    DomainVerified,
)
from organizations.models import Domain, Role
from organizations.permissions import MEMBER, OWNER, Permission
from organizations.services import access
from organizations.services.access import Access, Actor

MAX_DOMAINS = 100


class Target(TypedDict):
    target_type: str
    target_id: str


@dataclass(frozen=True, slots=True)
class Listed:
    access: Access
    domains: QuerySet[Domain]


def list_of(actor: Actor, organization_id: UUID, *, now: datetime) -> Listed:
    """The organization's domains by name, with their roles. Raises `NotFound`, `NotAllowed`."""
    acting = access.look(actor, organization_id, Permission.DOMAIN_READ, now=now)
    return Listed(acting, _of(acting).select_related("role").order_by("name"))


def add(*, actor: Actor, organization_id: UUID, name: str, now: datetime) -> Domain:
    """Say that a domain is the organization's: it counts once its record is found (`verify`).

    Raises `NotFound`, `NotAllowed`, `ReauthenticationRequired`; `ValidationFailed` for what cannot be anybody's own;
    `Conflict` where it is there already, is another organization's, or there are too many.
    """
    with transaction.atomic():
        acting = access.enter(actor, organization_id, Permission.DOMAIN_MANAGE, now=now)
        acting.require_person(now=now)
        canonical = domain_names.canonical(name)
        if _of(acting).filter(name=canonical).exists():
            raise Conflict(_("This domain is on the list already."), reason="domain_known")
        if _of(acting).count() >= MAX_DOMAINS:
            raise Conflict(_("An organization has at most 100 domains."), reason="too_many_domains")
        _require_free(canonical)
        row: Domain = Domain.objects.create(
            organization=acting.organization,
            name=canonical,
            token=secrets.token_urlsafe(24),
            role=Role.objects.system(MEMBER),
            created_at=now,
        )
        audit.record(DomainAdded(**acting.for_audit, **_target(row), domain=row.name))
    return row


def verify(*, actor: Actor, organization_id: UUID, domain_id: UUID, now: datetime) -> Domain:
    """Look for the domain's record now. Of organizations that claim one domain the first that proves it has it.

    Raises what `add` raises, `RateLimited`, and `ValidationFailed` (`record_not_found`, `dns_unreachable`) where it is
    not proven. What was verified stays so: the daily check decides (`organizations.services.domain_checks`). One that
    lapsed and gives a role beyond the actor's own to whoever joins by it is refused (`NotAllowed`).
    """
    acting = access.look(actor, organization_id, Permission.DOMAIN_MANAGE, now=now)
    acting.require_person(now=now)
    seen = get(acting, domain_id)
    throttle.require(limits.DOMAIN_CHECKS, str(organization_id), now=now)
    answer = dns_records.look_up(seen.name, seen.token)
    with transaction.atomic():
        acting = access.enter(actor, organization_id, Permission.DOMAIN_MANAGE, now=now)
        row = get(acting, domain_id)
        if answer == Answer.FOUND:
            _set_verified(acting, row, now=now)
        else:
            audit.record(
                DomainNotVerified(
                    **acting.for_audit, **_target(row), result="failure", domain=row.name, answer=answer
                )
            )
    if answer != Answer.FOUND:
        raise _not_proven(answer)
    return row


def change(
    *,
    actor: Actor,
    organization_id: UUID,
    domain_id: UUID,
    enrolment: str | None = None,
    role_id: UUID | None = None,
    now: datetime,
) -> Domain:
    """Say how people with a proven address of the domain come in, and with which role.

    A role beyond the actor's own is refused, and so is owner whoever asks: ownership is given to people by name.
    Raises what `add` raises.
    """
    with transaction.atomic():
        acting = access.enter(actor, organization_id, Permission.DOMAIN_MANAGE, now=now)
        acting.require_person(now=now)
        row = get(acting, domain_id)
        if role_id is not None:
            row.role = _role_to_give(acting, role_id)
        # Also where only the enrolment changes: turning it on gives the role to whoever comes.
        acting.require_covers(row.role.granted)
        if enrolment is not None:
            row.enrolment = enrolment
        if row.verified_at is None and row.enrolment != Domain.Enrolment.NONE:
            raise Conflict(_("Verify the domain first."), reason="domain_not_verified")
        row.save(update_fields=["role", "enrolment"])
        audit.record(
            DomainChanged(
                **acting.for_audit,
                **_target(row),
                domain=row.name,
                enrolment=row.enrolment,
                role_id=str(row.role_id),
            )
        )
    return row


def remove(*, actor: Actor, organization_id: UUID, domain_id: UUID, now: datetime) -> None:
    """Give a domain up; members stay. Raises what `add` raises."""
    with transaction.atomic():
        acting = access.enter(actor, organization_id, Permission.DOMAIN_MANAGE, now=now)
        acting.require_person(now=now)
        row = get(acting, domain_id)
        event = DomainRemoved(**acting.for_audit, **_target(row), domain=row.name)
        row.delete()
        audit.record(event)


def get(acting: Access, domain_id: UUID) -> Domain:
    """One of the organization's own, with its role; raises `NotFound`, also for another's."""
    row: Domain | None = _of(acting).select_related("role").filter(id=domain_id).first()
    if row is None:
        raise NotFound(_("There is no such domain."))
    return row


def _of(acting: Access) -> QuerySet[Domain]:
    return Domain.objects.filter(organization=acting.organization)


def _set_verified(acting: Access, row: Domain, *, now: datetime) -> None:
    first = row.verified_at is None
    if first and row.enrolment != Domain.Enrolment.NONE:
        # One that lapsed lets people in again from now on: whoever brings that about gives them the role.
        acting.require_covers(row.role.granted)
    row.verified_at, row.checked_at, row.failing_since = row.verified_at or now, now, None
    try:
        with transaction.atomic():
            row.save(update_fields=["verified_at", "checked_at", "failing_since"])
    except IntegrityError:  # `one_owner_of_domain`: of parallel claims the database lets one in
        raise _taken() from None
    if first:
        audit.record(DomainVerified(**acting.for_audit, **_target(row), domain=row.name))


def _require_free(name: str) -> None:
    if Domain.objects.filter(name=name, verified_at__isnull=False).exists():
        raise _taken()


def _taken() -> Conflict:
    return Conflict(_("Another organization has verified this domain."), reason="domain_taken")


def _role_to_give(acting: Access, role_id: UUID) -> Role:
    role = Role.objects.usable_in(acting.organization.id).filter(id=role_id).first()
    if role is None or (role.is_system and role.key == OWNER):
        sentence = _("Choose a role of this organization, other than owner.")
        raise ValidationFailed(sentence, reason="invalid_role", details={"role_id": [sentence]})
    acting.require_covers(role.granted)
    return role


def _target(row: Domain) -> Target:
    return {"target_type": "domain", "target_id": str(row.id)}


def _not_proven(answer: Answer) -> ValidationFailed:
    if answer == Answer.UNREACHABLE:
        return ValidationFailed(
            _("The name servers of this domain gave no answer. Try again in a few minutes."),
            reason="dns_unreachable",
        )
    return ValidationFailed(
        _("The record is not there yet. A change of DNS may take a while to be seen everywhere."),
        reason="record_not_found",
    )
