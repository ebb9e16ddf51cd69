"""May this person do that here? Asked by apps, often: at most two statements.

The answer is about what a member's roles allow, narrowed to a key's scopes where a key asks for itself. Where nobody
works, nothing is allowed: in an organization that is shut or about to be erased, to a suspended member, to a person
whose account is suspended.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotFound
from core.statements import Select, Slot, slot
from organizations.models import (
    AppPermission,
    GroupMember,
    GroupRole,
    Membership,
    Organization,
    Role,
    RoleGrant,
)
from organizations.permissions import NOTHING, Granted, Permission
from organizations.services import access
from organizations.services.access import Access, Actor


@dataclass(frozen=True, slots=True)
class About:
    """The member who is asked about, by the id of the place or of the person. Neither: the asker."""

    member_id: UUID | None = None
    user_id: UUID | None = None

    @property
    def is_named(self) -> bool:
        return self.member_id is not None or self.user_id is not None

    @property
    def by(self) -> dict[str, Any]:
        return {"id": self.member_id} if self.member_id else {"user_id": self.user_id}

    def among(self, members: QuerySet[Membership]) -> QuerySet[Membership]:
        return members.filter(**self.by)


ASKER = About()


@dataclass(frozen=True, slots=True)
class Mine:
    """What the asker may do: by name, for an owner all names there are."""

    access: Access
    names: list[str]


def check(
    *,
    actor: Actor,
    organization_id: UUID,
    permissions: Collection[str],
    about: About = ASKER,
    now: datetime,
) -> dict[str, bool]:
    """Whether each is allowed to the asker, or to another member. Two statements.

    Raises `NotFound`, for another member without `member:read` `NotAllowed`.
    """
    granted = place_of(actor, organization_id, about, now=now).granted
    return {permission: granted.has(permission) for permission in permissions}


def mine(*, actor: Actor, organization_id: UUID, now: datetime) -> Mine:
    """All that the asker may do. Two statements: for an owner the second asks which names there are."""
    of_apps: list[str] = []

    def read(membership: Membership) -> Granted:
        if not membership.role.granted.is_owner:
            return access.granted_to(membership)
        of_apps.extend(AppPermission.objects.values_list("name", flat=True))
        return membership.role.granted

    acting = access.look(actor, organization_id, Permission.ORGANIZATION_READ, now=now, read=read)
    granted = acting.granted if acting.organization.is_open else NOTHING
    named = granted.names | (set(of_apps) if granted.is_owner else set())
    return Mine(acting, sorted(named))


@dataclass(frozen=True, slots=True)
class Place:
    """Whose place was asked for: the asker's own, or another member's. `member` names nobody for service accounts."""

    asker: Access
    granted: Granted
    roles: tuple[Role, ...]
    member: About
    is_working: bool


def place_of(actor: Actor, organization_id: UUID, about: About, *, now: datetime) -> Place:
    """What the asker may do, or another member whom `about` names. Two statements. Raises `NotFound`, `NotAllowed`."""
    found = _Found(organization_id)

    def read(membership: Membership) -> Granted:
        found.read(membership, about if about.is_named else About(member_id=membership.id))
        return access.united(found.own)

    needed = Permission.MEMBER_READ if about.is_named else Permission.ORGANIZATION_READ
    asker = access.look(actor, organization_id, needed, now=now, read=read)
    account = asker.service_account
    if not about.is_named:
        granted, roles = asker.granted, [account.role] if account else found.roles
    else:
        if account is not None:
            found.read(None, about)
        granted, roles = found.granted, found.roles
    is_working = asker.organization.is_open and found.is_active
    own = About(member_id=asker.membership.id if asker.membership else None)
    member = about if about.is_named else own
    return Place(asker, granted if is_working else NOTHING, tuple(roles), member, is_working)


@dataclass(slots=True)
class _Found:
    """The roles of the asker and of the member who is asked about, read together."""

    organization_id: UUID
    own: list[Role] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    is_active: bool = True

    @property
    def granted(self) -> Granted:
        """Raises `NotFound`: every member has a role, so whoever has none is not there."""
        if not self.roles:
            raise NotFound(_("There is no such member."), reason="member_not_found")
        return access.united(self.roles)

    def read(self, asker: Membership | None, about: About) -> None:
        by = {"member_id": about.member_id} if about.member_id else {"user_id": about.user_id}
        reading = _BY_MEMBER if about.member_id else _BY_USER
        for role in reading.all(
            organization_id=self.organization_id, own_id=asker.id if asker else None, **by
        ):
            if role.is_own:
                self.own.append(role)
            if role.is_asked:
                self.roles.append(role)
                self.is_active = role.is_active


def _roles(**asked_by: Slot) -> QuerySet[Any]:
    """The asker's (`is_own`) and those of whoever is asked about (`is_asked`, `is_active`)."""
    organization_id = slot(Organization, "id", "organization_id")
    members = Membership.objects.filter(organization_id=organization_id)
    own, asked = members.filter(id=slot(Membership, "id", "own_id")), members.filter(**asked_by)
    working = asked.filter(suspended_at=None, user__status=User.Status.ACTIVE)
    here = Role.objects.usable_in(organization_id)  # so that other organizations' roles are not even read
    rows: QuerySet[Any] = here.annotate(is_own=_has(own), is_asked=_has(asked), is_active=Exists(working))
    return rows.filter(Q(is_own=True) | Q(is_asked=True))


def _has(members: QuerySet[Membership]) -> Q:
    """Whether one of them has the role: as the first, as a further one, or from a group."""
    ids = members.values("id")
    groups = GroupMember.objects.filter(membership__in=ids).values("group")
    return (
        Q(Exists(members.filter(role=OuterRef("pk"))))
        | Q(Exists(RoleGrant.objects.filter(membership__in=ids, role=OuterRef("pk"))))
        | Q(Exists(GroupRole.objects.filter(group__in=groups, role=OuterRef("pk"))))
    )


_BY_MEMBER = Select(lambda: _roles(id=slot(Membership, "id", "member_id")), most=None)
_BY_USER = Select(lambda: _roles(user_id=slot(User, "id", "user_id")), most=None)
