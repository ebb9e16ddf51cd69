"""Who acts in an organization, and what they may do there: the first line of every service of this app.

Two ways in. `look` is for reading. `enter` is for changes, inside their transaction: it locks the organization's row
and reads the actor's place anew under that lock. All that says who may do what (members, roles, groups, invitations,
keys) changes under it, so that of two changes at once each sees the other's outcome: the last owner stays, and whoever
was removed a moment ago does nothing more.

To who has no place in it an organization is not there (`NotFound`), whatever they ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import TypedDict
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Session, User
from accounts.services import sudo
from audit.events import ActorType
from core import context
from core.errors import Conflict, NotAllowed, NotFound
from core.statements import Select, slot
from organizations import policies
from organizations.errors import Lack
from organizations.models import (
    ApiKey,
    GroupMember,
    GroupRole,
    Membership,
    Organization,
    Role,
    RoleGrant,
    ServiceAccount,
)
from organizations.permissions import NOTHING, Granted, Permission

REPAIRS = frozenset({Permission.POLICY_READ, Permission.POLICY_MANAGE})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person in a session, or a key that acts for its owner and carries no session."""

    user: User | None = None
    session: Session | None = None
    key: ApiKey | None = None

    @classmethod
    def of_session(cls, session: Session) -> "Actor":
        return cls(user=session.user, session=session)

    @property
    def name_for_limits(self) -> str:
        """Whose changes are counted together: the person's or the service account's, by whichever way or key."""
        if self.user is not None:
            return str(self.user.id)
        return str(self.key.service_account_id) if self.key else ""


class Acted(TypedDict):
    actor_type: ActorType
    actor_id: UUID | None
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class Access:
    """An actor's place in one organization, as it was read."""

    actor: Actor
    organization: Organization
    granted: Granted
    membership: Membership | None = None
    service_account: ServiceAccount | None = None

    @property
    def for_audit(self) -> "Acted":
        """Who and where, for every event of this app: `MemberInvited(**access.for_audit, …)`."""
        account = self.service_account
        if account is not None:
            return {
                "actor_type": "service_account",
                "actor_id": account.id,
                "organization_id": account.organization_id,
            }
        user_id = self.membership.user_id if self.membership else None
        return {"actor_type": "user", "actor_id": user_id, "organization_id": self.organization.id}

    def has(self, permission: str) -> bool:
        return self.granted.has(permission)

    def require(self, permission: str) -> None:
        """Raises `NotAllowed`: the place exists, the permission does not."""
        if not self.has(permission):
            raise NotAllowed(
                _("Your role in this organization does not allow this."), reason="permission_missing"
            )

    def require_covers(self, granted: Granted) -> None:
        """Nobody gives what they lack, nor touches whoever has more."""
        if not self.granted.covers(granted):
            raise NotAllowed(
                _("This would go beyond what you may do yourself."), reason="beyond_own_permissions"
            )

    def require_member(self) -> Membership:
        """For acts of people upon their own place, which no key does for them. Raises `NotAllowed`."""
        if self.membership is None or self.actor.session is None:
            raise NotAllowed(_("A key cannot do this. Sign in instead."), reason="person_required")
        return self.membership

    def require_person(self, *, now: datetime) -> Session:
        """For acts that no key may do, and that ask a person for a fresh proof."""
        session = self.actor.session
        if session is None:
            raise NotAllowed(_("A key cannot do this. Sign in instead."), reason="person_required")
        sudo.require(session, now=now)
        return session


Reader = Callable[[Membership], Granted]


def look(
    actor: Actor, organization_id: UUID, permission: str, *, now: datetime, read: Reader | None = None
) -> Access:
    """For reading; raises `NotFound`, `NotAllowed` or `EntryRefused`. Two statements.

    `read` is the second of them, for who needs to know more in it than `granted_to` reads.
    """
    access = _place(actor, organization_id, now=now, read=read or granted_to)
    access.require(permission)
    _require_met(access, permission, now=now)
    return access


def enter(
    actor: Actor, organization_id: UUID, permission: str | None, *, now: datetime, may_be_shut: bool = False
) -> Access:
    """For changes; call first inside the transaction. `permission` None: whoever has a place, for their own part.

    Raises `NotFound`, `NotAllowed`, or `Conflict` where the organization is shut or about to be erased.
    """
    if actor.session is not None:
        sudo.lock_person(actor.session, now=now)
    Organization.objects.select_for_update(no_key=True).filter(id=organization_id).first()
    if actor.key is not None and not ApiKey.objects.alive(now).filter(id=actor.key.id).exists():
        raise not_there()  # revoked since the request began
    access = _place(actor, organization_id, now=now, read=granted_to)
    if permission is not None:
        access.require(permission)
        _require_met(access, permission, now=now)
    if not access.organization.is_open and not may_be_shut:
        raise Conflict(_("This organization is closed."), reason="organization_closed")
    return access


def granted_to(membership: Membership) -> Granted:
    """What a member may do: of the role, of further roles, of groups. One statement; `membership` has its role."""
    further = _FURTHER.all(id=membership.id, organization_id=membership.organization_id)
    return united([membership.role, *further])


def _further() -> QuerySet[Role]:
    """The roles of the member alone, and of their groups."""
    own = RoleGrant.objects.filter(membership=slot(Membership, "id"), role=OuterRef("pk"))
    groups = GroupMember.objects.filter(membership=slot(Membership, "id")).values("group")
    shared = GroupRole.objects.filter(group__in=groups, role=OuterRef("pk"))
    # Only of this organization: else the roles of all of them are read through.
    usable = Role.objects.usable_in(slot(Organization, "id", "organization_id"))
    return usable.filter(Q(Exists(own)) | Q(Exists(shared)))


_FURTHER = Select(_further, most=None)


def united(roles: list[Role]) -> Granted:
    return reduce(lambda left, right: left.with_(right.granted), roles, NOTHING)


def _place(actor: Actor, organization_id: UUID, *, now: datetime, read: Reader) -> Access:
    if actor.key is not None and actor.key.organization_id != organization_id:
        raise not_there()
    if actor.key is not None and actor.key.service_account_id is not None:
        return _place_of_service(actor, organization_id)
    user_id = actor.user.id if actor.user else None
    membership = _MEMBERSHIP.first(organization_id=organization_id, user_id=user_id)
    if membership is None:
        raise not_there()
    granted = read(membership)
    if actor.key is not None:
        granted = granted.within(actor.key.scopes)
    return Access(actor, membership.organization, granted, membership=membership)


_MEMBERSHIP = Select(
    lambda: Membership.objects.select_related("organization__policy", "role").filter(
        organization_id=slot(Organization, "id", "organization_id"),
        user_id=slot(User, "id", "user_id"),
        suspended_at=None,
        organization__erasing_at=None,
    )
)


def _place_of_service(actor: Actor, organization_id: UUID) -> Access:
    key = actor.key
    account = (
        ServiceAccount.objects.select_related("organization", "role")
        .filter(organization_id=organization_id, api_keys=key, disabled_at=None)
        .filter(organization__erasing_at=None)
        .first()
    )
    if account is None or key is None:
        raise not_there()
    granted = account.role.granted.within(key.scopes)
    return Access(actor, account.organization, granted, service_account=account)


def lack_of(access: Access, *, now: datetime) -> Lack | None:
    """What the person's session lacks of what the organization asks; nothing of a key, which has its own networks."""
    session, place = access.actor.session, access.membership
    if session is None or place is None:
        return None
    return policies.demand_on(place).lack_of(session, ip=context.current().ip, now=now)


def _require_met(access: Access, permission: str, *, now: datetime) -> None:
    """The session meets the organization's policy; raises `EntryRefused`.

    An owner reaches the policy itself from wherever and however they signed in: else a mistake in it could never be
    mended. Whoever acts upon their own place alone, without a permission, is not asked: one can always leave.
    """
    session, place = access.actor.session, access.membership
    if session is None or place is None:
        return
    lack = lack_of(access, now=now)
    if lack and permission in REPAIRS and access.granted.is_owner:
        lack = Lack.FACTOR if policies.demand_on(place).misses_factor(session, now=now) else None
    if lack is not None:
        raise policies.refusal(lack, access.organization)


def not_there() -> NotFound:
    return NotFound(_("There is no such organization."))
