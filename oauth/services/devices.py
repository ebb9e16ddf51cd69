"""Devices without a browser of their own (RFC 8628): they ask, and poll. The person's side: `device_answers`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Session
from audit import services as audit
from core import context, crypto
from core.statements import Select, consuming, slot
from oauth import user_codes
from oauth.events import DeviceCodeIssued, DeviceCodeRefused
from oauth.models import Client, DeviceGrant

PREFIX = "jnu_dc_"
CODE_LENGTH = len(PREFIX) + 43
LIFETIME = timedelta(minutes=10)
INTERVAL_SECONDS = 5
SLOWER_SECONDS = 5
JITTER = timedelta(seconds=1)  # a poll that was sent in time may still overtake the one before on the way

_BY_CODE = Select(
    lambda: DeviceGrant.objects.select_related("session__user").filter(
        device_code=slot(DeviceGrant, "device_code")
    )
)
_USE = consuming(
    lambda: DeviceGrant.objects.filter(id=slot(DeviceGrant, "id"), status=DeviceGrant.AUTHORIZED)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a device asks for. `organization`: the slug or id of one, if it names one."""

    scope: str
    resources: tuple[str, ...] = ()
    organization: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The two codes, this once: one for the device itself, one for it to show."""

    device_code: str
    user_code: str


@dataclass(frozen=True, slots=True)
class Approved:
    """What the person allowed, in which session."""

    session: Session
    scope: str
    resources: tuple[str, ...]
    organization_id: UUID | None


@dataclass(frozen=True, slots=True)
class NotYet:
    """`error` is one of RFC 8628 section 3.5, or `invalid_grant`. Returned, not raised: the poll counts."""

    error: str


def begin(client: Client, wanted: Wanted, *, now: datetime) -> Begun:
    """A device of this client begins to wait."""
    try:
        return _begin(client, wanted, now=now)
    except IntegrityError:  # this user code is taken, of billions: once more is enough
        return _begin(client, wanted, now=now)


def poll(code: str, client: Client, *, now: datetime) -> Approved | NotYet:
    """What was allowed, once; or why there is nothing. Call inside the token request's transaction."""
    row = _BY_CODE.first(device_code=_hash(code)) if len(code) == CODE_LENGTH else None
    if row is None:
        return NotYet("invalid_grant")
    if row.client_id != client.client_id:
        return _refuse("wrong_client", client, row)
    if row.used_at is not None:
        return _refuse("replayed", client, row)
    if row.status == DeviceGrant.DENIED:
        return NotYet("access_denied")
    if row.expires_at <= now:
        return NotYet("expired_token")
    return _redeem(row, client, now=now) if row.is_allowed else _count_poll(row, now=now)


def target_of(row: DeviceGrant) -> dict[str, Any]:
    """The client and the grant, as the audit trail names them."""
    return {"client_id": row.client_id, "target_type": "device_code", "target_id": str(row.id)}


def _begin(client: Client, wanted: Wanted, *, now: datetime) -> Begun:
    begun = Begun(crypto.new_secret(PREFIX), user_codes.new())
    asking = context.current()
    with transaction.atomic():
        row = DeviceGrant.objects.create(
            client_id=client.client_id,
            device_code=_hash(begun.device_code),
            user_code=user_codes.hash_of(begun.user_code),
            scope=wanted.scope,
            resource=list(wanted.resources),
            asked_organization=wanted.organization,
            interval=INTERVAL_SECONDS,
            requested_at=now,
            expires_at=now + LIFETIME,
            ip=asking.ip or None,
            user_agent=asking.user_agent[:400],
        )
        audit.record(DeviceCodeIssued(actor_type="client", scope=wanted.scope, **target_of(row)))
    return begun


def _redeem(row: DeviceGrant, client: Client, *, now: datetime) -> Approved | NotYet:
    """Of parallel polls one uses it up; and only while the person who allowed it still stands behind it."""
    if not _USE.rows(id=row.id, now=now):
        return _refuse("replayed", client, row)
    session: Session | None = row.session
    if session is None or session.ended_at is not None or not session.user.is_active:
        return _refuse("session_ended", client, row)
    changed_at = session.user.password_changed_at
    if changed_at and row.decided_at and row.decided_at < changed_at:  # as for families: TokenFamily.alive
        return _refuse("password_changed", client, row)
    return Approved(session, row.scope, tuple(row.resource), row.organization_id)


def _count_poll(row: DeviceGrant, *, now: datetime) -> NotYet:
    """Section 3.5: who asks too early waits five seconds longer from then on.

    A poll is in time only if it is the one that follows the poll we have read: of parallel ones, one.
    """
    polls = DeviceGrant.objects.filter(id=row.id)
    wait = timedelta(seconds=row.interval) - JITTER
    is_early = row.last_polled_at is not None and now - row.last_polled_at < wait
    if not is_early and polls.filter(last_polled_at=row.last_polled_at).update(last_polled_at=now):
        return NotYet("authorization_pending")
    polls.update(last_polled_at=now, interval=F("interval") + SLOWER_SECONDS)
    return NotYet("slow_down")


def _refuse(reason: str, client: Client, row: DeviceGrant) -> NotYet:
    target = {**target_of(row), "client_id": client.client_id}
    audit.record(DeviceCodeRefused(actor_type="client", result="failure", reason=reason, **target))
    return NotYet("invalid_grant")


def _hash(code: str) -> str:
    return crypto.keyed_hash("device-code", code)
