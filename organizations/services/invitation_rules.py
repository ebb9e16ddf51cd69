"""Who may invite whom, when they invite and once more when the invitation is accepted.

An invitation carries no right of its own: it is as good as whoever answers for it is at that moment.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict, NotAllowed, ValidationFailed
from organizations.models import Invitation, Membership, OrganizationPolicy, Role, ServiceAccount
from organizations.permissions import NOTHING, Granted, Permission
from organizations.policies import admits, policy_of
from organizations.services import access as entrance
from organizations.services.access import Access, Actor


def look(actor: Actor, organization_id: UUID, *, now: datetime) -> Access:
    """For who may invite: by the permission, or as a member where the policy lets all members. See `access.look`."""
    return _through(entrance.look, actor, organization_id, now=now)


def enter(actor: Actor, organization_id: UUID, *, now: datetime) -> Access:
    """The same for changes, inside their transaction. See `access.enter`."""
    return _through(entrance.enter, actor, organization_id, now=now)


def may_invite(access: Access) -> bool:
    """Whether `look` lets them in, in no further statement for people. A key has what its scopes name, and nothing
    for being a member's."""
    is_open = access.actor.key is None and _lets_all(policy_of(access.organization))
    return access.has(Permission.MEMBER_INVITE) or (is_open and access.has(Permission.ORGANIZATION_READ))


def require_may_give(access: Access, role: Role, *, now: datetime) -> None:
    """Nobody invites to more than they have; to ownership only a person with a fresh proof. Raises `NotAllowed`,
    `ReauthenticationRequired`."""
    access.require_covers(role.granted)
    if role.granted.is_owner:
        access.require_person(now=now)


def require_domain(email: str, policy: OrganizationPolicy) -> None:
    """Raises `ValidationFailed` for an address of a domain that the organization does not take."""
    if not admits(policy, email):
        sentence = _("This organization takes only addresses of its own domains.")
        raise ValidationFailed(sentence, reason="domain_not_allowed", details={"email": [sentence]})


def require_vouched(invitation: Invitation, policy: OrganizationPolicy) -> None:
    """Whoever invited could do so today; raises `Conflict`. Under the organization's lock."""
    granted = _granted_to_inviter(invitation)
    is_open = _lets_all(policy) and invitation.invited_by_id
    may_still = granted.has(Permission.MEMBER_INVITE) or (
        is_open and granted.has(Permission.ORGANIZATION_READ)
    )
    if not may_still or not granted.covers(invitation.role.granted):
        raise Conflict(
            _(
                "Whoever invited you may not do so any more. Ask somebody of the organization to invite you again."
            ),
            reason="inviter_may_not",
        )


def _granted_to_inviter(invitation: Invitation) -> Granted:
    if invitation.invited_by_account_id:
        accounts = ServiceAccount.objects.select_related("role")
        account = accounts.filter(id=invitation.invited_by_account_id, disabled_at=None).first()
        return account.role.granted if account else NOTHING
    places = Membership.objects.select_related("role").filter(
        organization_id=invitation.organization_id,
        user=invitation.invited_by_id,
        user__status=User.Status.ACTIVE,
        suspended_at=None,
    )
    place = places.first() if invitation.invited_by_id else None
    return entrance.granted_to(place) if place else NOTHING


def _lets_all(policy: OrganizationPolicy) -> bool:
    return bool(policy.inviters == OrganizationPolicy.Inviters.MEMBERS)


def _through(door: Callable[..., Access], actor: Actor, organization_id: UUID, *, now: datetime) -> Access:
    try:
        return door(actor, organization_id, Permission.MEMBER_INVITE, now=now)
    except NotAllowed:
        # Before the other door, which would say first that the organization is closed.
        if not may_invite(entrance.look(actor, organization_id, Permission.ORGANIZATION_READ, now=now)):
            raise
    return door(actor, organization_id, Permission.ORGANIZATION_READ, now=now)
