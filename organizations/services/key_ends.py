"""Keys that end soon are announced by mail; keys that ended long ago go."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import User
from core import mail
from core.purging import purge_rows
from organizations.models import ApiKey, Membership
from organizations.permissions import OWNER
from organizations.services import api_keys

WARNED_BEFORE = timedelta(days=7)
KEPT = timedelta(days=90)  # a dead key is shown that long; the trail tells of it for ever
BATCH = 500


def warn(*, now: datetime) -> int:
    """Announce each living key's end once, a week before it; how many were. Who chose a shorter life knows it."""
    begun = Coalesce("rotated_at", "created_at")
    due = ApiKey.objects.alive(now).filter(
        warned_at=None,
        revoked_at=None,
        expires_at__lte=now + WARNED_BEFORE,
        expires_at__gt=begun + WARNED_BEFORE,
    )
    ids = list(due.order_by("expires_at").values_list("id", flat=True)[:BATCH])
    return sum(_warn_of(key_id, now=now) for key_id in ids)


def drop(user: User, since: datetime | None, now: datetime) -> None:
    """End the keys that a stranger in the person's account may have made or renewed (`accounts.services.ways_in`)."""
    keys = ApiKey.objects.filter(Q(user=user) | Q(created_by=user), revoked_at=None)
    if since is not None:
        keys = keys.annotate(begun=Coalesce("rotated_at", "created_at")).filter(begun__gte=since)
    keys.update(revoked_at=now)


def purge(*, now: datetime) -> None:
    """Delete keys that were revoked or expired long ago, in bounded batches."""
    before = now - KEPT
    purge_rows(ApiKey.objects.filter(expires_at__lt=before), oldest_by="expires_at")
    purge_rows(ApiKey.objects.filter(revoked_at__lt=before), oldest_by="revoked_at")


@transaction.atomic
def _warn_of(key_id: UUID, *, now: datetime) -> bool:
    """Of parallel runs one does it: the UPDATE decides."""
    if not ApiKey.objects.filter(id=key_id, warned_at=None, revoked_at=None).update(warned_at=now):
        return False
    key = ApiKey.objects.with_owners().select_related("created_by").get(id=key_id)
    facts = {**api_keys.facts_of(key), "keys_url": api_keys.keys_url(key)}
    for person in _told(key):
        mail.send("api_key_expiring", person.email, facts, locale=person.locale)
    return True


def _told(key: ApiKey) -> list[User]:
    """Its owner; for a service account who made it, and if they have left, the organization's owners."""
    if key.user is not None:
        return [key.user]
    places = Membership.objects.select_related("user").filter(
        organization=key.organization, suspended_at=None, user__status=User.Status.ACTIVE
    )
    made_it = [place.user for place in places.filter(user=key.created_by)]
    owners = places.filter(role__organization=None, role__key=OWNER)
    return made_it or [place.user for place in owners]
