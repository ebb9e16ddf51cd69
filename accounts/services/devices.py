"""The browsers that people signed in on: noted, listed, trusted, forgotten."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts import levels
from accounts.events import DeviceForgotten, DeviceTrusted, DeviceTrustEnded
from accounts.models import Device, Session, User
from accounts.services import sessions
from audit import services as audit
from core import context, crypto
from core.consume import update_returning

KEPT = timedelta(days=400)  # as long as the cookie


def note(session: Session, *, browser_id: str, now: datetime) -> Device:
    """The person signed in on this browser; one that was forgotten begins anew, untrusted."""
    request = context.current()
    seen = {"last_seen_at": now, "ip": request.ip or None, "user_agent": request.user_agent[:400]}
    with transaction.atomic():
        device, is_new = Device.objects.get_or_create(
            user=session.user, browser_hash=_hash(browser_id), defaults={"first_seen_at": now, **seen}
        )
        if not is_new:
            if device.revoked_at:
                seen |= {"first_seen_at": now, "trusted_until": None, "revoked_at": None}
            Device.objects.filter(id=device.id).update(**seen)
        Session.objects.filter(id=session.id).update(device=device)
    return device


def living_devices(user: User, *, now: datetime) -> QuerySet[Device]:
    """The browsers that know the person, the last used first."""
    rows = Device.objects.filter(user=user, revoked_at=None, last_seen_at__gt=now - KEPT)
    return rows.order_by("-last_seen_at", "-id")


def people_who_forgot(browser_id: str) -> frozenset[str]:
    """The people (ids) who took this browser from their list: to them it is a new one again."""
    rows = Device.objects.filter(browser_hash=_hash(browser_id)).exclude(revoked_at=None)
    return frozenset(map(str, rows.values_list("user_id", flat=True)))


def rename(browser_id: str, new_id: str) -> str:
    """Know the browser by another id, which is returned."""
    Device.objects.filter(browser_hash=_hash(browser_id)).update(browser_hash=_hash(new_id))
    return new_id


def trust(session: Session, device: Device, *, now: datetime) -> None:
    """The person said that this browser needs no second factor for a while. Only a sign-in by one may say so."""
    days = settings.JANUA.trusted_browser_days
    if not days or levels.MULTIPLE not in session.amr:
        return
    with transaction.atomic():
        Device.objects.filter(id=device.id, user_id=session.user_id).update(
            trusted_until=now + timedelta(days=days)
        )
        audit.record(DeviceTrusted(**_of(session.user_id, device.id), days=days))


@transaction.atomic
def end_trust(*, user: User, device_id: UUID | None = None, now: datetime) -> int:
    """Ask for the second factor again, in one browser or in all; how many were trusted."""
    rows = Device.objects.filter(user=user, trusted_until__gt=now)
    ended = update_returning(rows.filter(id=device_id) if device_id else rows, trusted_until=None)
    for device in ended:
        audit.record(DeviceTrustEnded(**_of(user.id, device.id)))
    return len(ended)


def is_trusted(user: User, *, browser_id: str, now: datetime) -> bool:
    """Whether the person said of this browser that it needs no second factor, not too long ago."""
    if not settings.JANUA.trusted_browser_days:
        return False  # what was said before is forbidden, too
    device = Device.objects.filter(user=user, browser_hash=_hash(browser_id)).first()
    return device is not None and device.is_trusted(now)


@transaction.atomic
def forget(*, user: User, device_id: UUID, now: datetime) -> bool:
    """Take a browser from the list: who is signed in there is signed out. Whether it was on the list."""
    if not Device.objects.filter(user=user, id=device_id, revoked_at=None).update(revoked_at=now):
        return False
    sessions.end_on_device(user=user, device_id=device_id, reason="device_forgotten", now=now)
    audit.record(DeviceForgotten(**_of(user.id, device_id)))
    return True


def _of(user_id: UUID, device_id: UUID) -> dict[str, Any]:
    return {
        "actor_type": "user",
        "actor_id": user_id,
        "target_type": "device",
        "target_id": str(device_id),
    }


def _hash(browser_id: str) -> str:
    return crypto.keyed_hash("device", browser_id)
