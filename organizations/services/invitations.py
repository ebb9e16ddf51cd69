"""Inviting one person, and what is done with invitations afterwards by whoever may invite."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import emails
from audit import services as audit
from core.consume import update_returning
from core.errors import Conflict, NotFound, RateLimited, ValidationFailed
from core.keyset import Page, read_page
from organizations.events.invitations import InvitationCreated, InvitationResent, InvitationRevoked
from organizations.models import Invitation, Membership, Role
from organizations.permissions import Permission
from organizations.policies import policy_of
from organizations.services import invitation_mails, invitation_rules, roles
from organizations.services.access import Access, Actor

DAY = timedelta(days=1)


def invite(*, actor: Actor, organization_id: UUID, email: str, role_key: str, now: datetime) -> Invitation:
    """Invite one address under a role, named by its key; the mail goes out with it.

    Raises `NotFound`, `NotAllowed`, `ValidationFailed`, `RateLimited`, and `Conflict` for members, for whoever is
    invited already, and where the organization is closed.
    """
    invitation_rules.look(actor, organization_id, now=now)  # before anything is counted
    address = emails.canonical(email)
    invitation_mails.require_calm(organization_id, address, now=now)
    with transaction.atomic():
        access = invitation_rules.enter(actor, organization_id, now=now)
        role = get_role(access, role_key)
        invitation_rules.require_may_give(access, role, now=now)
        policy = policy_of(access.organization)
        invitation_rules.require_domain(address, policy)
        _require_new(access, address, now=now)
        require_room(access, 1, now=now)
        end_expired(access, [address], now=now)
        invitation = new(access, address, role, days=policy.invitation_days, now=now)
        invitation_mails.send(invitation, now=now)
        audit.record(
            InvitationCreated(**access.for_audit, **target(invitation), role=role.key, email=address)
        )
    return invitation


def resend(*, actor: Actor, organization_id: UUID, invitation_id: UUID, now: datetime) -> Invitation:
    """A new link and new days for an invitation that waits or has expired; the link before is void.

    Whoever sends it answers for it from now on. Raises as `invite` does.
    """
    access = invitation_rules.look(actor, organization_id, now=now)
    invitation_mails.require_calm(organization_id, get(access, invitation_id).email, now=now)
    with transaction.atomic():
        access = invitation_rules.enter(actor, organization_id, now=now)
        invitation = get(access, invitation_id)
        invitation_rules.require_may_give(access, invitation.role, now=now)
        policy = policy_of(access.organization)
        invitation_rules.require_domain(invitation.email, policy)
        waiting = Invitation.objects.pending().filter(id=invitation.id)
        if waiting.select_for_update(no_key=True).first() is None:
            raise _over()
        _vouch(invitation, access)
        invitation.expires_at = now + timedelta(days=policy.invitation_days)
        invitation_mails.send(invitation, now=now)
        audit.record(
            InvitationResent(
                **access.for_audit,
                **target(invitation),
                role=invitation.role.key,
                email=invitation.email,
            )
        )
    return invitation


@transaction.atomic
def revoke(*, actor: Actor, organization_id: UUID, invitation_id: UUID, now: datetime) -> None:
    """Take an invitation back: its link does nothing more. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    access = invitation_rules.enter(actor, organization_id, now=now)
    invitation = get(access, invitation_id)
    access.require_covers(invitation.role.granted)
    waiting = Invitation.objects.pending().filter(id=invitation.id)
    if not update_returning(waiting, revoked_at=now, mail_due_at=None):
        raise _over()
    audit.record(InvitationRevoked(**access.for_audit, **target(invitation), email=invitation.email))


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of the list."""

    cursor: str | None = None
    limit: int = 20
    only_pending: bool = False


def read(*, actor: Actor, organization_id: UUID, place: Place, now: datetime) -> Page[Invitation]:
    """A page of the invitations, the newest first. Raises `NotFound`, `NotAllowed`, `ValidationFailed`."""
    return page_of(invitation_rules.look(actor, organization_id, now=now), place, now=now)


def page_of(access: Access, place: Place, *, now: datetime) -> Page[Invitation]:
    """The same for whoever has looked already."""
    rows = listed(access)
    if place.only_pending:
        rows = rows.filter(id__in=Invitation.objects.live(now).filter(organization=access.organization))
    of = f"invitations of {access.organization.id}"
    return read_page(rows, of=of, by="created_at", cursor=place.cursor, limit=place.limit)


def listed(access: Access) -> QuerySet[Invitation]:
    """The invitations that whoever looks may see: all of them by the permission, else those they sent themselves."""
    rows: QuerySet[Invitation] = Invitation.objects.filter(organization=access.organization).shown()
    return rows if access.has(Permission.MEMBER_INVITE) else rows.filter(invited_by=access.actor.user)


def get(access: Access, invitation_id: UUID) -> Invitation:
    """One of those; raises `NotFound`."""
    found = listed(access).filter(id=invitation_id).first()
    if found is None:
        raise NotFound(_("There is no such invitation."))
    return found


def usable_roles(access: Access) -> dict[str, Role]:
    """The roles that members of the organization may have, by key."""
    roles.ensure_system_roles()
    return {role.key: role for role in Role.objects.usable_in(access.organization.id)}


def roles_to_give(access: Access) -> list[Role]:
    """Those that whoever looks may invite to, from the least to the most."""
    may_give = [role for role in usable_roles(access).values() if access.granted.covers(role.granted)]
    return sorted(may_give, key=lambda role: (role.granted.is_owner, len(role.granted.names), role.name))


def get_role(access: Access, key: str) -> Role:
    """The role of this key; raises `ValidationFailed`."""
    if (role := usable_roles(access).get(key)) is None:
        sentence = _("There is no such role in this organization.")
        raise ValidationFailed(sentence, reason="unknown_role", details={"role": [sentence]})
    return role


def new(access: Access, email: str, role: Role, *, days: int, now: datetime) -> Invitation:
    """A row that nobody has saved yet."""
    invitation = Invitation(
        organization=access.organization,
        email=email,
        role=role,
        locale=get_language() or "",
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    _vouch(invitation, access)
    return invitation


def require_room(access: Access, count: int, *, now: datetime) -> None:
    """So many more may be invited today; raises `RateLimited`. Under the organization's lock the count is exact."""
    most = settings.JANUA.invitations_per_day
    made = Invitation.objects.filter(organization=access.organization, created_at__gt=now - DAY)
    if made.count() + count > most:
        oldest = made.order_by("created_at").values_list("created_at", flat=True).first() or now
        raise RateLimited(
            _("An organization may invite %(most)s people within a day. Try again later.") % {"most": most},
            retry_after_seconds=max(1, int((oldest + DAY - now).total_seconds())),
        )


def end_expired(access: Access, addresses: list[str], *, now: datetime) -> None:
    """What has expired makes room for a new invitation to the same address."""
    expired = Invitation.objects.pending().filter(organization=access.organization, email__in=addresses)
    expired.filter(expires_at__lte=now).update(revoked_at=now, mail_due_at=None)


def target(invitation: Invitation) -> dict[str, Any]:
    """Which invitation an event is about."""
    return {"target_type": "invitation", "target_id": str(invitation.id)}


def _require_new(access: Access, email: str, *, now: datetime) -> None:
    """A member's further addresses are not looked at: they are not the organization's to know."""
    if Membership.objects.filter(organization=access.organization, user__email=email).exists():
        raise Conflict(_("This person is a member already."), reason="already_member")
    if Invitation.objects.live(now).filter(organization=access.organization, email=email).exists():
        raise Conflict(
            _("This address is invited already. Send that invitation again instead."),
            reason="already_invited",
        )


def _vouch(invitation: Invitation, access: Access) -> None:
    invitation.invited_by = access.membership.user if access.membership else None
    invitation.invited_by_account = access.service_account


def _over() -> Conflict:
    return Conflict(
        _("This invitation is over: it was accepted, declined or taken back."), reason="invitation_over"
    )
