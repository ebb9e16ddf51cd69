"""Who may invite whom, when they invite and once more when the invitation is accepted.

An invitation carries no right of its own: it is as good as whoever answers for it is at that moment.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import emails
from accounts.models import User
from core.errors import Conflict, NotAllowed, ValidationFailed
from organizations.models import Invitation, Membership, OrganizationPolicy, Role, ServiceAccount
from organizations.permissions import NOTHING, Granted, Permission
from organizations.services import access as entrance
from organizations.services.access import Access, Actor


def policy_of(organization_id: UUID) -> OrganizationPolicy:
    """What the organization asks of invitations; without a row, what the model says."""
    found: OrganizationPolicy | None = OrganizationPolicy.objects.filter(
        organization_id=organization_id
    ).first()
    return found or OrganizationPolicy(organization_id=organization_id)


def look(actor: Actor, organization_id: UUID, *, now: datetime) -> Access:
    """For who may invite: by the permission, or as a member where the policy lets all members. See `access.look`."""
    try:
        return entrance.look(actor, organization_id, Permission.MEMBER_INVITE, now=now)
    except NotAllowed:
        if not _is_open_to_members(actor, organization_id):
            raise
    return entrance.look(actor, organization_id, Permission.ORGANIZATION_READ, now=now)


def enter(actor: Actor, organization_id: UUID, *, now: datetime) -> Access:
    """The same for changes, inside their transaction. See `access.enter`."""
    try:
        return entrance.enter(actor, organization_id, Permission.MEMBER_INVITE, now=now)
    except NotAllowed:
        if not _is_open_to_members(actor, organization_id):
            raise
    return entrance.enter(actor, organization_id, Permission.ORGANIZATION_READ, now=now)


def require_may_give(access: Access, role: Role, *, now: datetime) -> None:
    """Nobody invites to more than they have; to ownership only a person with a fresh proof. Raises `NotAllowed`,
    `ReauthenticationRequired`."""
    access.require_covers(role.granted)
    if role.granted.is_owner:
        access.require_person(now=now)


def domain_is_allowed(email: str, policy: OrganizationPolicy) -> bool:
    """Whether the canonical address may become a member's."""
    return not policy.email_domains or emails.domain_of(email) in policy.email_domains


def require_domain(email: str, policy: OrganizationPolicy) -> None:
    """Raises `ValidationFailed` for an address of a domain that the organization does not take."""
    if not domain_is_allowed(email, policy):
        sentence = _("This organization takes only addresses of its own domains.")
        raise ValidationFailed(sentence, reason="domain_not_allowed", details={"email": [sentence]})


def require_vouched(invitation: Invitation, policy: OrganizationPolicy) -> None:
    """Whoever invited could do so today; raises `Conflict`. Under the organization's lock."""
    granted = _granted_to_inviter(invitation)
    is_open = policy.inviters == OrganizationPolicy.Inviters.MEMBERS and invitation.invited_by_id
    may_invite = granted.has(Permission.MEMBER_INVITE) or (
        is_open and granted.has(Permission.ORGANIZATION_READ)
    )
    if not may_invite or not granted.covers(invitation.role.granted):
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


def _is_open_to_members(actor: Actor, organization_id: UUID) -> bool:
    """A key has what its scopes name, and nothing for being a member's."""
    inviters = policy_of(organization_id).inviters
    return actor.key is None and bool(inviters == OrganizationPolicy.Inviters.MEMBERS)
