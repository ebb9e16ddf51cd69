"""The daily look at the records that proved domains: whoever sold a domain does not keep what it opens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from accounts.services import mailed
from audit import services as audit
from core import mail
from organizations import dns_records
from organizations.dns_records import Answer
from organizations.events.domains import DomainLapsed
from organizations.models import Domain, Membership, Organization
from organizations.permissions import OWNER

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
PATIENCE = timedelta(days=3)
BATCH, AT_ONCE = 50, 25
"""Domains that one run asks for, and how many side by side: without a broker one thread does all periodic work, and
dead name servers hold it up for six seconds at most. Run every ten minutes, that is 7200 domains a day."""


def check_due(*, now: datetime) -> int:
    """Look at the domains whose last look was a day ago; how many. Where no look-up at all got an answer, our own
    resolver is away: nothing is held against anybody, and the next run tries again."""
    is_due = Q(checked_at=None) | Q(checked_at__lte=now - EVERY)
    due = list(Domain.objects.filter(is_due, verified_at__isnull=False).order_by("checked_at")[:BATCH])
    with ThreadPoolExecutor(AT_ONCE) as threads:
        looks = threads.map(lambda row: dns_records.look_up(row.name, row.token), due)
        answers = list(zip(due, looks, strict=True))
    if answers and all(answer == Answer.UNREACHABLE for _, answer in answers):
        log.warning("domains_unreachable", count=len(answers))
        return 0
    for row, answer in answers:
        _note(row, answer, now=now)
    return len(answers)


@transaction.atomic
def _note(seen: Domain, answer: Answer, *, now: datetime) -> None:
    Organization.objects.select_for_update(no_key=True).filter(id=seen.organization_id).first()
    row = Domain.objects.select_related("organization").filter(id=seen.id, token=seen.token).first()
    if row is None or row.verified_at is None or row.checked_at != seen.checked_at:
        return  # removed, or looked at by somebody else meanwhile
    row.checked_at = now
    row.failing_since = None if answer == Answer.FOUND else (row.failing_since or now)
    has_lapsed = row.failing_since is not None and now - row.failing_since >= PATIENCE
    if has_lapsed:
        row.verified_at = None
    row.save(update_fields=["checked_at", "failing_since", "verified_at"])
    if has_lapsed:
        _tell_owners(row)
        audit.record(
            DomainLapsed(
                actor_type="system",
                organization_id=row.organization_id,
                target_type="domain",
                target_id=str(row.id),
                domain=row.name,
            )
        )


def _tell_owners(row: Domain) -> None:
    owners = Membership.objects.select_related("user").filter(
        organization=row.organization, suspended_at=None, role__key=OWNER, role__organization=None
    )
    facts: dict[str, object] = {
        "organization": row.organization.name,
        "domain": row.name,
        "domains_url": mailed.url(f"/organizations/{row.organization.slug}/domains"),
    }
    for place in owners.order_by("id"):
        mail.send("domain_lapsed", place.user.email, facts, locale=place.user.locale)
