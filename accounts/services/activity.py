"""Recent activity: a person's own lines of the audit trail, newest first."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import activity
from accounts.activity import WORDS, Kind, Sentence
from accounts.devices import describe
from accounts.models import User
from audit.models import Event
from core.keyset import Place, read_page

NamesOfApps = Callable[[Collection[str]], Mapping[str, str]]
"""Names of clients by their ids: clients live on a floor above."""
NamesOfOrganizations = Callable[[Collection[UUID]], Mapping[UUID, str]]
"""Names of organizations by their ids: they too live above."""


def _no_names(_ids: Collection[UUID]) -> Mapping[UUID, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened, in words; from where, where that is the person's own business."""

    id: UUID
    at: datetime
    kind: Kind
    action: str
    succeeded: bool
    sentence: str
    device: str
    ip: str


@dataclass(frozen=True, slots=True)
class Recent:
    """A page of it; no cursor after the last."""

    entries: list[Entry]
    next_cursor: str | None


def read(
    user: User,
    *,
    names_of_apps: NamesOfApps,
    names_of_organizations: NamesOfOrganizations = _no_names,
    kind: Kind | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Recent:
    """What the person did, and what was done to them. Raises `ValidationFailed` for a cursor that is none."""
    without_done, without_refused = activity.silent_tags()
    told = (
        Event.objects.filter(action__in=activity.tags_of(kind))
        .exclude(action__in=without_done, result=Event.Result.SUCCESS)
        .exclude(action__in=without_refused, result__in=(Event.Result.FAILURE, Event.Result.DENIED))
        .select_related("personal")
    )
    # Two stretches of two indexes, merged here: asked for with OR, PostgreSQL would read and sort all of them.
    of = f"activity of {user.id}"
    pages = [
        read_page(rows, of=of, by="at", cursor=cursor, limit=limit)
        for rows in (told.by_person(user.id), told.done_to_person(user.id))
    ]
    rows = sorted(
        (row for page in pages for row in page.rows), key=lambda row: (row.at, row.id), reverse=True
    )
    has_more = len(rows) > limit or any(page.next_cursor for page in pages)
    shown = rows[:limit]
    names = Names(
        names_of_apps({app for row in shown if (app := _app_of(row))}),
        names_of_organizations({row.organization_id for row in shown if row.organization_id}),
    )
    next_cursor = Place(shown[-1].at, shown[-1].id).as_cursor(of) if has_more else None
    return Recent([_in_words(row, user, names) for row in shown], next_cursor)


@dataclass(frozen=True, slots=True)
class Names:
    """What apps and organizations of a page are called today."""

    apps: Mapping[str, str]
    organizations: Mapping[UUID, str]

    def put_into(self, sentence: Sentence, row: Event) -> str:
        of_organization = self.organizations.get(row.organization_id) if row.organization_id else None
        facts = {
            "%(app)s": self.apps.get(_app_of(row)) or _("an app that is gone"),
            "%(organization)s": of_organization or _("an organization that is gone"),
        }
        for place, name in facts.items():
            if place in (text := str(sentence)):
                return text.replace(place, name)
        return str(sentence)


def _in_words(row: Event, user: User, names: Names) -> Entry:
    words, is_done = WORDS[row.action], row.result == Event.Result.SUCCESS
    where = _where(row, user)
    return Entry(
        id=row.id,
        at=row.at,
        kind=words.kind,
        action=row.action,
        succeeded=is_done,
        sentence=names.put_into(words.of(is_done=is_done, is_their_own=row.actor_id in (user.id, None)), row),
        device=describe(where["user_agent"]) if where.get("user_agent") else "",
        ip=where.get("ip", ""),
    )


def _where(row: Event, user: User) -> Mapping[str, str]:
    """Whence it came. Not of other people who are known: an operator's network is nobody's business."""
    is_theirs = row.actor_id == user.id or row.actor_id is None
    return row.personal.data if is_theirs and hasattr(row, "personal") else {}


def _app_of(row: Event) -> str:
    return row.client_id or (row.target_id if row.target_type == "client" else "")
