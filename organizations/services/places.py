"""A person's own places: which organizations they may work in now, and what apps are told of one.

Read by whoever stands above (tokens of clients), for the person alone: a place is their own membership, so there is
nobody to ask for leave. Suspended members, and organizations that are shut or about to be erased, have none. Whether a
session may work in a place is the organization's to say (`Place.lack_of`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import JSONField, QuerySet, Subquery

from accounts.models import Session, User
from core.statements import Select, Slot, slot
from organizations import policies
from organizations.errors import EntryRefused, Lack
from organizations.models import AppPermission, Membership, Organization
from organizations.services import access


class NamesOf(Subquery):
    """The column `name` of a subquery, as one list: names come along without a statement of their own."""

    template = "(SELECT jsonb_agg(each.name) FROM (%(subquery)s) each)"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(SELECT json_group_array(each.name) FROM (%(subquery)s) each)"
        return self.as_sql(compiler, connection, template=template, **extra)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person works, and as what. `of_app`: what the app that asked gave names to, granted or not."""

    membership: Membership
    of_app: tuple[str, ...] = ()

    @property
    def organization_id(self) -> UUID:
        return self.membership.organization_id

    @property
    def name(self) -> str:
        return self.membership.organization.name

    @property
    def slug(self) -> str:
        return self.membership.organization.slug

    @property
    def role(self) -> str:
        return self.membership.role.key

    @property
    def is_default(self) -> bool:
        return self.membership.is_default

    def lack_of(self, session: Session, *, ip: str | None, now: datetime) -> Lack | None:
        """What this session of the person's lacks to work here; see `policies.Demand.lack_of`."""
        return policies.demand_on(self.membership).lack_of(session, ip=ip, now=now)

    def refusal(self, lack: Lack) -> EntryRefused:
        return policies.refusal(lack, self.membership.organization)


def find(user_id: UUID, organization_id: UUID, *, client_id: str = "") -> Place | None:
    """The person's place in this organization, and what the app of this client may hear of. One statement."""
    return _of_row(_PLACE.first(user_id=user_id, organization_id=organization_id, client_id=client_id))


def find_named(user: User, name: str, *, client_id: str = "") -> Place | None:
    """The person's place in the organization of this id (in its one written form) or slug."""
    organization_id = _as_id(name)
    named = {"organization_id": organization_id} if organization_id else {"organization__slug": name}
    return _of_row(_with_names(client_id).filter(user=user, **named).first())


def of_person(user: User) -> list[Place]:
    """All of them: where the person starts first, then by name."""
    rows = _open().filter(user=user).order_by("-is_default", "organization__name", "organization_id")
    return [Place(row) for row in rows]


def permissions_in(place: Place) -> list[str]:
    """What of the app's the member may do. At most one statement."""
    if not place.of_app:
        return []
    granted = access.granted_to(place.membership)
    return [name for name in place.of_app if granted.has(name)]


def _open() -> QuerySet[Membership]:
    rows: QuerySet[Membership] = Membership.objects.select_related("organization__policy", "role")
    return rows.filter(suspended_at=None, organization__suspended_at=None, organization__deletion_due_at=None)


def _with_names(client_id: str | Slot) -> QuerySet[Membership]:
    apps = AppPermission.objects.filter(client_id=client_id).values("name")
    return _open().annotate(of_app=NamesOf(apps, output_field=JSONField()))


def _place() -> QuerySet[Membership]:
    return _with_names(slot(AppPermission, "client_id")).filter(
        user_id=slot(User, "id", "user_id"), organization_id=slot(Organization, "id", "organization_id")
    )


def _of_row(row: Membership | None) -> Place | None:
    """`of_app` is what the statement annotates."""
    return Place(row, tuple(sorted(getattr(row, "of_app", None) or ()))) if row else None


def _as_id(name: str) -> UUID | None:
    """What is written in another way may be a slug."""
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if str(found) == name else None


_PLACE = Select(_place)
