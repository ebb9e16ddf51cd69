"""An organization's lines of the audit trail, for those who may read them.

Only its own chain: the installation's own lines, and other organizations', are none of its business. Personal data stand
where the trail still holds them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from audit import services as audit
from audit.models import Event
from core import limits, throttle
from core.keyset import read_page
from core.plans import planned_by_values
from organizations.events.operators import OrganizationReopened, OrganizationSuspended, OwnerAppointed
from organizations.events.trail import TrailExported
from organizations.permissions import Permission
from organizations.services import access, trail_names
from organizations.services.access import Actor

MAX_EXPORTED = 100_000
LINES_AT_ONCE = 500
BY_OPERATORS = frozenset({OrganizationSuspended.tag, OrganizationReopened.tag, OwnerAppointed.tag})
WHENCE = frozenset({"ip", "user_agent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines; what is empty does not matter. `until` is the first moment that no longer counts."""

    action: str = ""
    actor_id: UUID | None = None
    target_id: str = ""
    result: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The filters that are set."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name))


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and what those it names are called today; "" where nobody here knows (any more)."""

    event: Event
    actor_name: str
    target_name: str

    @property
    def personal(self) -> Mapping[str, Any]:
        """Addresses, network and browser until they are erased. Network and browser of those who belong to it: whence
        an operator came, or whoever else has no place in it, is nobody's business here (`events.operators`).
        Nor is whose request set off what the system did."""
        event = self.event
        if not hasattr(event, "personal"):
            return {}
        told: Mapping[str, Any] = event.personal.data
        is_hidden = event.data.get("from_outside") or event.actor_type == Event.ActorType.SYSTEM
        return {name: value for name, value in told.items() if name not in WHENCE} if is_hidden else told


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of them, the newest first; no cursor after the last."""

    lines: list[Line]
    next_cursor: str | None


def read(
    actor: Actor,
    *,
    organization_id: UUID,
    wanted: Wanted,
    cursor: str | None = None,
    limit: int = 20,
    now: datetime,
) -> Lines:
    """One page. Raises `NotFound`, `NotAllowed`, and `ValidationFailed` for a cursor that is none."""
    access.look(actor, organization_id, Permission.AUDIT_READ, now=now)
    return _page(organization_id, wanted, cursor, limit)


def export(
    actor: Actor, *, organization_id: UUID, wanted: Wanted, file_format: str, now: datetime
) -> Iterator[Line]:
    """All of them, at most `MAX_EXPORTED`, read piece by piece while they are sent. That they were taken is a line too.

    Also from an organization that is shut or about to be erased: whoever must answer for it may take its trail along.
    Raises `NotFound`, `NotAllowed`, `RateLimited`.
    """
    access.look(actor, organization_id, Permission.AUDIT_READ, now=now)
    throttle.require(limits.AUDIT_EXPORT, str(organization_id), now=now)
    with transaction.atomic():
        acting = access.enter(actor, organization_id, Permission.AUDIT_READ, now=now, may_be_shut=True)
        audit.record(
            TrailExported(
                **acting.for_audit,
                target_type="organization",
                target_id=str(organization_id),
                format=file_format,
                narrowed_by=wanted.named,
            )
        )
    return _all(organization_id, wanted)


def _all(organization_id: UUID, wanted: Wanted) -> Iterator[Line]:
    cursor, left = None, MAX_EXPORTED
    while left:
        page = _page(organization_id, wanted, cursor, min(LINES_AT_ONCE, left))
        yield from page.lines
        left -= len(page.lines)
        cursor = page.next_cursor
        if cursor is None:
            return


def _page(organization_id: UUID, wanted: Wanted, cursor: str | None, limit: int) -> Lines:
    rows = _matching(organization_id, wanted).select_related("personal")
    with planned_by_values():
        page = read_page(rows, of=f"audit of {organization_id}", by="at", cursor=cursor, limit=limit)
    names = trail_names.of(page.rows, organization_id)
    lines = [Line(row, names.of_actor(row), names.of_target(row)) for row in page.rows]
    return Lines(lines, page.next_cursor)


def _matching(organization_id: UUID, wanted: Wanted) -> QuerySet[Event]:
    given = {
        "action": wanted.action,
        "actor_id": wanted.actor_id,
        "target_id": wanted.target_id,
        "result": wanted.result,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    asked = {name: value for name, value in given.items() if value}
    return Event.objects.filter(organization_id=organization_id, **asked)
