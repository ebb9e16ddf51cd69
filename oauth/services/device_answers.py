"""What a person answers to a device that waits (RFC 8628 section 3.3), in a browser elsewhere."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Session, User
from audit import services as audit
from core import limits, throttle
from core.consume import update_returning
from oauth import user_codes
from oauth.events import DeviceCodeApproved, DeviceCodeDenied, UserCodeRefused
from oauth.models import Client, DeviceGrant
from oauth.services import consents
from oauth.services.devices import target_of


def find_waiting(user_code: str, user: User | None, *, now: datetime) -> DeviceGrant | None:
    """The device that waits with this (canonical) code. What another person has opened is not there.

    The code is short, so wrong ones are counted (section 5.1); raises `RateLimited` before it looks.
    """
    counted = [(limits.USER_CODE_IP, throttle.visitor())]
    if user:
        counted.append((limits.USER_CODE_ACCOUNT, str(user.id)))
    for limit, key in counted:
        throttle.require(limit, key, now=now)
    rows = DeviceGrant.objects.filter(
        user_code=user_codes.hash_of(user_code),
        status=DeviceGrant.AUTHORIZATION_PENDING,
        expires_at__gt=now,
    )
    found: DeviceGrant | None = (rows.filter(Q(user=None) | Q(user=user)) if user else rows).first()
    if found is None:
        with transaction.atomic():
            audit.record(UserCodeRefused(result="failure"))
        return None
    for limit, key in counted:
        throttle.refund(limit, key)
    return found


def claim(grant_id: UUID, user: User) -> DeviceGrant | None:
    """The device's request for the person who opens it first, and for nobody else after."""
    rows = DeviceGrant.objects.filter(Q(user=None) | Q(user=user), id=grant_id)
    return next(iter(update_returning(rows, user=user)), None)


def release(grant: DeviceGrant, user: User) -> None:
    """The person wants to answer in another account."""
    rows = DeviceGrant.objects.filter(id=grant.id, user=user, status=DeviceGrant.AUTHORIZATION_PENDING)
    rows.update(user=None)


@transaction.atomic
def approve(
    grant: DeviceGrant,
    client: Client,
    session: Session,
    *,
    organization_id: UUID | None = None,
    now: datetime,
) -> None:
    """The person allows what the device asked for, if that is still to be decided; in this organization of theirs."""
    given = {"status": DeviceGrant.AUTHORIZED, "session": session, "organization_id": organization_id}
    if _decide(grant, session.user, now=now, **given):
        consents.grant(session.user, client, grant.scope.split(), now=now)
        audit.record(
            DeviceCodeApproved(
                scope=grant.scope,
                organization=str(organization_id or ""),
                **_actor_and_target(session.user, grant),
            )
        )


@transaction.atomic
def deny(grant: DeviceGrant, client: Client, user: User, *, now: datetime) -> None:
    """The person says no, if that is still to be decided."""
    if _decide(grant, user, now=now, status=DeviceGrant.DENIED):
        consents.deny(user, client, grant.scope.split())
        audit.record(DeviceCodeDenied(result="denied", **_actor_and_target(user, grant)))


def _decide(grant: DeviceGrant, user: User, *, now: datetime, **answer: Any) -> bool:
    rows = DeviceGrant.objects.filter(
        id=grant.id, user=user, status=DeviceGrant.AUTHORIZATION_PENDING, expires_at__gt=now
    )
    return bool(rows.update(decided_at=now, **answer))


def _actor_and_target(user: User, grant: DeviceGrant) -> dict[str, Any]:
    return {"actor_type": "user", "actor_id": user.id, **target_of(grant)}
