"""What those in lines of the trail are called today: one statement for each kind of thing that a page names.

People by name only while they belong to the organization; whoever left it, or an operator, is known by id.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from audit.models import Event
from organizations.models import (
    AccessRule,
    ApiKey,
    Domain,
    Group,
    Membership,
    Organization,
    Role,
    ServiceAccount,
)

Names = dict[str, str]


def _people(organization_id: UUID, ids: Iterable[UUID], key: str = "user_id") -> Names:
    rows = Membership.objects.filter(organization_id=organization_id, **{f"{key}__in": list(ids)})
    return {str(getattr(row, key)): row.user.name or row.user.email for row in rows.select_related("user")}


def _members(organization_id: UUID, ids: Iterable[UUID]) -> Names:
    return _people(organization_id, ids, key="id")


def _roles(organization_id: UUID, ids: Iterable[UUID]) -> Names:
    return _shown(Role.objects.usable_in(organization_id).filter(id__in=list(ids)))


def _organization(organization_id: UUID, ids: Iterable[UUID]) -> Names:
    return _shown(Organization.objects.filter(id=organization_id).filter(id__in=list(ids)))


def _of_its_own(model: Any) -> Callable[[UUID, Iterable[UUID]], Names]:
    def find(organization_id: UUID, ids: Iterable[UUID]) -> Names:
        return _shown(model.objects.filter(organization_id=organization_id, id__in=list(ids)))

    return find


def _shown(rows: "QuerySet[Any]") -> Names:
    return {str(row.pk): row.name for row in rows}


FINDERS: Mapping[str, Callable[[UUID, Iterable[UUID]], Names]] = {
    "user": _people,
    "membership": _members,
    "organization": _organization,
    "role": _roles,
    "group": _of_its_own(Group),
    "service_account": _of_its_own(ServiceAccount),
    "api_key": _of_its_own(ApiKey),
    "domain": _of_its_own(Domain),
    "rule": _of_its_own(AccessRule),
}
"""By `target_type` of the events; things of other types are shown by what the event itself says."""


@dataclass(frozen=True, slots=True)
class Found:
    """Names by kind and id."""

    names: Mapping[str, Names]

    def of_actor(self, row: Event) -> str:
        return self.names.get(row.actor_type, {}).get(str(row.actor_id), "")

    def of_target(self, row: Event) -> str:
        return self.names.get(row.target_type, {}).get(row.target_id, "")


def of(rows: Iterable[Event], organization_id: UUID) -> Found:
    """The names of all that these lines name."""
    ids: dict[str, set[UUID]] = {}
    for row in rows:
        for kind, named in ((row.actor_type, str(row.actor_id)), (row.target_type, row.target_id)):
            if kind in FINDERS and (found := _id_in(named)):
                ids.setdefault(kind, set()).add(found)
    return Found({kind: FINDERS[kind](organization_id, wanted) for kind, wanted in ids.items()})


def of_organizations(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Names of organizations by their ids, whoever asks: for people's own activity."""
    if not ids:
        return {}
    return dict(Organization.objects.filter(id__in=ids).values_list("id", "name"))


def _id_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
