"""Members: who they are, what their role is, and how they come to be none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import emails, search
from accounts.holdings import addresses_ever
from accounts.models import User
from audit import services as audit
from core.consume import update_returning
from core.errors import Conflict, NotFound, ValidationFailed
from organizations.events.invitations import InvitationRevoked
from organizations.events.members import (
    MemberLeft,
    MemberRemoved,
    MemberResumed,
    MemberRoleChanged,
    MemberSuspended,
    OwnershipTransferred,
    about,
)
from organizations.models import ApiKey, Invitation, Membership, Role
from organizations.permissions import ADMIN, OWNER, Permission
from organizations.services import enrolment, notices, owners, roles
from organizations.services.access import Access, Actor, enter, granted_to, look
from organizations.services.invitations import target


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which members one looks for; what is empty does not matter. `status`: active or suspended."""

    search: str = ""
    role_id: UUID | None = None
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """What a reader may do to one member, to show no button that is refused. `roles`: those that may be given."""

    may_update: bool
    may_remove: bool
    is_own: bool
    roles: list[Role]


def find(
    *, actor: Actor, organization_id: UUID, wanted: Wanted = Wanted(), now: datetime
) -> "QuerySet[Membership]":
    """The members, with person and role; for `keyset.read_page(…, by="joined_at")`. Raises `NotFound`, `NotAllowed`."""
    look(actor, organization_id, Permission.MEMBER_READ, now=now)
    rows = Membership.objects.filter(organization_id=organization_id)
    if wanted.search.strip():
        rows = rows.filter(user__in=search.matching(User.objects.all(), wanted.search))
    if wanted.role_id:
        rows = rows.filter(role_id=wanted.role_id)
    if wanted.status:
        rows = rows.filter(suspended_at__isnull=wanted.status == "active")
    shown: QuerySet[Membership] = rows.select_related("user", "role")
    return shown


def get(*, actor: Actor, organization_id: UUID, membership_id: UUID, now: datetime) -> Membership:
    """One of them; raises `NotFound`, also for a member of another organization, and `NotAllowed`."""
    return _get(look(actor, organization_id, Permission.MEMBER_READ, now=now), membership_id)


def powers_over(access: Access, member: Membership) -> Powers:
    """What the reader's place allows upon this member; who acts is asked again."""
    is_own = access.membership is not None and access.membership.id == member.id
    covers = access.organization.is_open and access.granted.covers(granted_to(member))
    may_update = covers and access.has(Permission.MEMBER_UPDATE)
    return Powers(
        may_update=may_update,
        may_remove=covers and not is_own and access.has(Permission.MEMBER_REMOVE),
        is_own=is_own,
        roles=_roles_to_give(access) if may_update else [],
    )


def change_role(
    *, actor: Actor, organization_id: UUID, membership_id: UUID, role_id: UUID, now: datetime
) -> Membership:
    """Give a member another role, oneself included. Owners are made and unmade by owners with a fresh proof.

    Raises `NotFound`, `NotAllowed`, `Conflict`, `ReauthenticationRequired`.
    """
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.MEMBER_UPDATE, now=now)
        member = _touch(access, membership_id, now=now)
        role = roles.find(organization_id, role_id)
        access.require_covers(role.granted)
        if role == member.role:
            return member
        if role.granted.is_owner:
            access.require_person(now=now)
        owners.require_another(member)
        _set_role(access, member, role, now=now)
    return member


def suspend(*, actor: Actor, organization_id: UUID, membership_id: UUID, now: datetime) -> Membership:
    """The organization is not there any more for this member, until resumed. Raises as `change_role`."""
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.MEMBER_UPDATE, now=now)
        member = _touch(access, membership_id, is_for_others=True, now=now)
        if member.suspended_at is not None:
            return member
        owners.require_another(member)
        member.suspended_at = now
        member.save(update_fields=["suspended_at"])
        enrolment.stop(organization_id=organization_id, user=member.user, now=now)
        audit.record(MemberSuspended(**access.for_audit, **about(member)))
    return member


def resume(*, actor: Actor, organization_id: UUID, membership_id: UUID, now: datetime) -> Membership:
    """Let a suspended member in again. Raises as `change_role`."""
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.MEMBER_UPDATE, now=now)
        member = _touch(access, membership_id, is_for_others=True, now=now)
        if member.suspended_at is None:
            return member
        member.suspended_at = None
        member.save(update_fields=["suspended_at"])
        audit.record(MemberResumed(**access.for_audit, **about(member)))
    return member


def remove(*, actor: Actor, organization_id: UUID, membership_id: UUID, now: datetime) -> None:
    """End somebody's membership, and with it what groups, grants and own keys gave there. Raises as `change_role`."""
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.MEMBER_REMOVE, now=now)
        member = _touch(access, membership_id, is_for_others=True, now=now)
        owners.require_another(member)
        role, target = member.role.key, about(member)
        _take_back_invitations(access, member.user, now=now)
        _end(member, now=now)
        notices.tell_removed(member, now=now)
        audit.record(MemberRemoved(**access.for_audit, **target, role=role))


def leave(*, actor: Actor, organization_id: UUID, now: datetime) -> None:
    """End one's own membership, in a closed organization too. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    with transaction.atomic():
        access = enter(actor, organization_id, None, now=now, may_be_shut=True)
        member = access.require_member()
        owners.require_another(member)
        role, target = member.role.key, about(member)
        _end(member, now=now)
        audit.record(MemberLeft(**access.for_audit, **target, role=role))


def transfer(*, actor: Actor, organization_id: UUID, membership_id: UUID, now: datetime) -> Access:
    """Hand the organization over: the member owns it from now on, the actor is an admin. Asks for a fresh proof.

    Raises `NotFound`, `NotAllowed`, `Conflict`, `ReauthenticationRequired`.
    """
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.ORGANIZATION_TRANSFER, now=now)
        access.require_person(now=now)
        _hand_over(access, _get(access, membership_id), now=now)
    return access


def transfer_to(*, actor: Actor, organization_id: UUID, email: str, now: datetime) -> Access:
    """The same to the member with this address. Raises as `transfer`, and `ValidationFailed` where nobody has it."""
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.ORGANIZATION_TRANSFER, now=now)
        access.require_person(now=now)
        heir = User.objects.find_by_email(emails.find_canonical(email))
        rows = Membership.objects.select_related("user", "role", "organization")
        found = rows.filter(organization_id=organization_id, user=heir).first() if heir else None
        if found is None:
            sentence = _("No member has this address.")
            raise ValidationFailed(sentence, reason="no_such_member", details={"email": [sentence]})
        _hand_over(access, found, now=now)
    return access


def _hand_over(access: Access, heir: Membership, *, now: datetime) -> None:
    own = access.require_member()
    if not owners.is_owner(own) or own.id == heir.id or not owners.may_own(heir):
        sentence = _("Only an owner can hand over, and only to another member who can act.")
        raise Conflict(sentence, reason="not_an_heir")
    if not owners.is_owner(heir):
        heir.role = Role.objects.system(OWNER)
        heir.save(update_fields=["role"])
        notices.tell_made_owner(heir, now=now)
    own.role = Role.objects.system(ADMIN)
    own.save(update_fields=["role"])
    audit.record(OwnershipTransferred(**access.for_audit, **about(heir)))


def _roles_to_give(access: Access) -> list[Role]:
    roles.ensure_system_roles()
    usable = roles.usable(access.organization.id)
    return [role for role in usable if access.granted.covers(role.granted)]


def _get(access: Access, membership_id: UUID) -> Membership:
    rows = Membership.objects.select_related("user", "role", "organization")
    found: Membership | None = rows.filter(id=membership_id, organization_id=access.organization.id).first()
    if found is None:
        raise NotFound(_("There is no such member in this organization."))
    return found


def _touch(access: Access, membership_id: UUID, *, is_for_others: bool = False, now: datetime) -> Membership:
    """A member whom the actor may change: nobody who may more. Owners only with a fresh proof."""
    member = _get(access, membership_id)
    is_own = access.membership is not None and access.membership.id == member.id
    if is_own and is_for_others:
        raise Conflict(_("This is your own place. Leave the organization instead."), reason="own_place")
    access.require_covers(granted_to(member))
    if owners.is_owner(member):
        access.require_person(now=now)
    return member


def _set_role(access: Access, member: Membership, role: Role, *, now: datetime) -> None:
    old, member.role = member.role, role
    member.save(update_fields=["role"])
    if role.granted.is_owner:
        notices.tell_made_owner(member, now=now)
    audit.record(MemberRoleChanged(**access.for_audit, **about(member), old_role=old.key, role=role.key))


def _take_back_invitations(access: Access, user: User, *, now: datetime) -> None:
    """Else whoever was removed came back by another one, to another of their addresses."""
    waiting = Invitation.objects.pending().filter(
        organization=access.organization, email__in=addresses_ever(user)
    )
    for invitation in update_returning(waiting, revoked_at=now, mail_due_at=None):
        audit.record(InvitationRevoked(**access.for_audit, **target(invitation), email=invitation.email))


def _end(member: Membership, *, now: datetime) -> None:
    """Grants and groups hang on the membership and go with it. The person's keys of this organization are revoked:
    they would open it again to whoever comes back. No domain of their address brings the person back."""
    enrolment.stop(organization_id=member.organization_id, user=member.user, now=now)
    keys = ApiKey.objects.filter(
        organization_id=member.organization_id, user_id=member.user_id, revoked_at=None
    )
    keys.update(revoked_at=now)
    member.delete()
