"""People who come into an organization by the domain of an address they have proven.

Nobody comes back by themselves. Whoever left, was removed, is suspended or declined has an `EnrolmentStop`, each of their
addresses a `MailboxStop`, for another account of the same mailbox; and tagged addresses (`bob+2@`, RFC 5233), of which one
mailbox has any number, bring nobody in.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex, Substr
from django.utils.translation import gettext as _

from accounts import emails
from accounts.holdings import addresses_ever
from accounts.models import EmailAddress, Session, User
from accounts.services import addresses, sudo
from audit import services as audit
from core.errors import Conflict, NotFound
from core.statements import Select, slot
from organizations import policies
from organizations.events.domains import EnrolmentDeclined, MemberEnrolled
from organizations.models import Domain, EnrolmentStop, MailboxStop, Membership, Organization

Enrolment = Domain.Enrolment
TAG = "+"


def at_sign_in(user: User, *, now: datetime) -> bool:
    """Let the person into the organizations that take in whoever has proven an address of their domain; whether others
    offer it. In the login's transaction, the person's row locked, before anything else is written to the trail."""
    found = _welcoming(user, _OPEN.all(id=user.id, domain=_primary_domain(user)))
    joined = {row.organization_id for row in found if row.enrolment == Enrolment.AUTOMATIC}
    for organization_id in sorted(joined):
        _join(user, organization_id, Enrolment.AUTOMATIC, now=now)
    return any(row.organization_id not in joined for row in found)


def offers_to(user: User) -> list[Domain]:
    """The domains by which the person may join organizations, with these; one for each organization."""
    rows = _open_to(user).filter(enrolment=Enrolment.SUGGESTED).order_by("organization__name", "name")
    return list({row.organization_id: row for row in _welcoming(user, rows)}.values())


def is_open_to(address: str) -> bool:
    """Whether organizations may take in whoever has this canonical address. One statement."""
    rows = Domain.objects.filter(name=emails.domain_of(address), verified_at__isnull=False)
    return rows.exclude(enrolment=Enrolment.NONE).exists()


def accept(*, session: Session, organization_id: UUID, now: datetime) -> Membership:
    """Join an organization that offers it. Raises `NotFound` for any other, `Conflict` where that changed this moment."""
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        _require_offered(user, organization_id)
        joined = _join(user, organization_id, Enrolment.SUGGESTED, now=now)
        if joined is None:
            raise Conflict(_("This organization takes nobody in this way any more."), reason="offer_over")
    return joined


def decline(*, session: Session, organization_id: UUID, now: datetime) -> None:
    """Not to be asked again by this organization. Raises `NotFound` where it does not offer anything."""
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        _require_offered(user, organization_id)
        stop(organization_id=organization_id, user=user, now=now)
        audit.record(
            EnrolmentDeclined(
                actor_type="user",
                actor_id=user.id,
                organization_id=organization_id,
                target_type="user",
                target_id=str(user.id),
            )
        )


def stop(*, organization_id: UUID, user: User, now: datetime) -> None:
    """No domain brings the person in (again). Call it wherever a membership ends or rests, in that transaction."""
    EnrolmentStop.objects.get_or_create(organization_id=organization_id, user=user, defaults={"since": now})
    _stop_mailboxes([organization_id], user, now=now)


def stop_for_good(user: User, *, now: datetime) -> None:
    """The account is about to be erased: whoever has its mailbox then has left every organization."""
    ids = Membership.objects.filter(user=user).values_list("organization_id", flat=True)
    _stop_mailboxes(ids, user, now=now)


def _stop_mailboxes(organization_ids: Iterable[UUID], user: User, *, now: datetime) -> None:
    """Also addresses that the person took off the account before."""
    hashes = [MailboxStop.hash_of(address) for address in addresses_ever(user)]
    MailboxStop.objects.bulk_create(
        (
            MailboxStop(organization_id=organization_id, address_hash=address_hash, since=now)
            for organization_id in organization_ids
            for address_hash in hashes
        ),
        ignore_conflicts=True,
    )


def _join(user: User, organization_id: UUID, enrolment: str, *, now: datetime) -> Membership | None:
    """Under the organization's lock, where all is read once more; None if nothing lets the person in now."""
    Organization.objects.select_for_update(no_key=True).filter(id=organization_id).first()
    rows = _open_to(user).filter(organization=organization_id, enrolment=enrolment).order_by("name")
    row = next(iter(_welcoming(user, rows)), None)
    if row is None:
        return None
    joined: Membership = Membership.objects.create(
        organization=row.organization,
        user=user,
        role=row.role,
        is_default=not Membership.objects.filter(user=user, is_default=True).exists(),
        joined_at=now,
    )
    audit.record(
        MemberEnrolled(
            actor_type="user",
            actor_id=user.id,
            organization_id=organization_id,
            target_type="membership",
            target_id=str(joined.id),
            domain=row.name,
            enrolment=enrolment,
            role_id=str(row.role_id),
        )
    )
    return joined


def _require_offered(user: User, organization_id: UUID) -> None:
    if all(row.organization_id != organization_id for row in offers_to(user)):
        raise NotFound(_("There is no such organization."))


def _welcoming(user: User, rows: Iterable[Domain]) -> list[Domain]:
    """Those of the open domains whose organizations do take the person in.

    One that takes only some domains may have left out this one, its own; and one may have ended with this mailbox.
    """
    found = [row for row in rows if policies.admits(policies.policy_of(row.organization), f"@{row.name}")]
    if not found:
        return []
    hashes = [MailboxStop.hash_of(address) for address in addresses.texts_of(user)]
    over = MailboxStop.objects.filter(
        organization__in={row.organization_id for row in found}, address_hash__in=hashes
    )
    stopped = set(over.values_list("organization_id", flat=True))
    return [row for row in found if row.organization_id not in stopped]


def _open_to(user: User) -> QuerySet[Domain]:
    return _matching(_primary_domain(user), user.id)


def _primary_domain(user: User) -> str:
    """Behind the `@` of the main address; nothing where its mailbox is not proven, or it is tagged."""
    is_proven = user.email_verified and not user.email_vouched_only
    return emails.domain_of(user.email) if is_proven and TAG not in user.email else ""


def _matching(primary_domain: Any, user_id: Any) -> QuerySet[Domain]:
    """Verified domains that let in a person who is neither in their organization nor stopped, whoever asked first."""
    behind_at = Substr("email", StrIndex("email", Value("@")) + 1)
    untagged = EmailAddress.objects.filter(user=user_id).exclude(email__contains=TAG)
    further = untagged.annotate(domain=behind_at).values("domain")
    place = Membership.objects.filter(organization=OuterRef("organization"), user=user_id)
    stopped = EnrolmentStop.objects.filter(organization=OuterRef("organization"), user=user_id)
    return (
        Domain.objects.select_related("organization__policy", "role")
        .filter(Q(name=primary_domain) | Q(name__in=further), ~Exists(place), ~Exists(stopped))
        .filter(organization__suspended_at=None, organization__deletion_due_at=None)
        .filter(verified_at__isnull=False)
        .exclude(enrolment=Enrolment.NONE)
    )


_OPEN = Select(lambda: _matching(slot(Domain, "name", "domain"), slot(User, "id")), most=None)
