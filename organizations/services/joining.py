"""What the invited do: look at an invitation, accept it, decline it.

The link shows that its mail came through, not who holds it: people pass mails on. So it never signs anybody in and
never proves a mailbox. A person accepts who is signed in and has proven to own the invited address; whoever is new
signs up first, by the one path of sign-up, which proves it.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Session, User
from accounts.services import addresses, sudo
from audit import services as audit
from core.consume import consume, update_returning
from core.errors import Conflict, NotAllowed, NotFound
from organizations import policies
from organizations.events.invitations import InvitationAccepted, InvitationDeclined
from organizations.models import Invitation, Membership, Organization
from organizations.models.invitations import State
from organizations.services import invitation_rules
from organizations.services.invitation_mails import PREFIX
from organizations.services.invitations import target

MOST_SHOWN = 100  # anybody can make organizations and invite from each


def validate(*, token: str, now: datetime) -> Invitation:
    """The invitation of a link, if it could be accepted; it is not touched. Raises `NotFound`, `Conflict`."""
    invitation = _by_token(token)
    _require_live(invitation, now=now)
    return invitation


def is_for(user: User, invitation: Invitation) -> bool:
    """Whether the invited address is the person's, for whoever has its link: by proof, or by a provider's word."""
    return invitation.email in {*addresses.proven_of(user), *([user.email] if user.email_verified else [])}


def waiting_for(user: User, *, now: datetime) -> QuerySet[Invitation]:
    """What waits for the person's proven addresses, where the organization is open and they are not in it."""
    is_open = Q(organization__suspended_at=None, organization__deletion_due_at=None)
    places = Membership.objects.filter(user=user).values("organization")
    rows: QuerySet[Invitation] = (
        Invitation.objects.live(now).shown().filter(is_open, email__in=addresses.proven_of(user))
    )
    return rows.exclude(organization__in=places).order_by("-created_at", "-id")[:MOST_SHOWN]


def accept_by_link(*, session: Session, token: str, now: datetime) -> Membership:
    """Become a member. Raises `NotFound` for a link that is none of ours, `Conflict` for one that is over or whose
    inviter may not invite any more, `NotAllowed` where the address is not the person's."""
    return _accept(session, _by_token(token), now=now)


def accept_own(*, session: Session, invitation_id: UUID, now: datetime) -> Membership:
    """The same without the link, for what waits for one of the person's addresses. Raises `NotFound`, `Conflict`."""
    return _accept(session, _own(session.user, invitation_id), now=now)


def decline_by_link(*, token: str, user: User | None, now: datetime) -> Invitation:
    """Whoever holds the link may decline, signed in or not. Raises `NotFound`, `Conflict`."""
    return _decline(_by_token(token), user, now=now)


def decline_own(*, session: Session, invitation_id: UUID, now: datetime) -> Invitation:
    """Raises `NotFound`, `Conflict`."""
    return _decline(_own(session.user, invitation_id), session.user, now=now)


@transaction.atomic
def _accept(session: Session, seen: Invitation, *, now: datetime) -> Membership:
    user = sudo.lock_person(session, now=now)  # their addresses stay what they are until the end
    Organization.objects.select_for_update(no_key=True).filter(id=seen.organization_id).first()
    invitation = Invitation.objects.shown().filter(id=seen.id, link_hash=seen.link_hash).first()
    if invitation is None:  # sent again meanwhile: that link is void
        raise _not_there()
    _require_live(invitation, now=now)
    if not is_for(user, invitation):
        raise NotAllowed(
            _("This invitation is for another address than yours. Sign in with the account that has it."),
            reason="other_address",
        )
    _require_welcome(user, invitation)
    if consume(Invitation.objects.pending().filter(id=invitation.id), now=now) is None:
        raise _over(State.ACCEPTED)
    membership: Membership = Membership.objects.create(
        organization=invitation.organization,
        user=user,
        role=invitation.role,
        joined_at=now,
    )
    audit.record(
        InvitationAccepted(
            actor_type="user",
            actor_id=user.id,
            organization_id=invitation.organization_id,
            **target(invitation),
            role=invitation.role.key,
            membership_id=str(membership.id),
        )
    )
    return membership


def _require_welcome(user: User, invitation: Invitation) -> None:
    """Nothing has changed since that stands against it. A suspended member does not come back this way."""
    if Membership.objects.filter(organization=invitation.organization, user=user).exists():
        raise Conflict(_("You are a member of this organization already."), reason="already_member")
    policy = policies.policy_of(invitation.organization)
    if not policies.admits(policy, invitation.email):
        sentence = _("This organization takes only addresses of its own domains.")
        raise Conflict(sentence, reason="domain_not_allowed")
    invitation_rules.require_vouched(invitation, policy)


@transaction.atomic
def _decline(invitation: Invitation, user: User | None, *, now: datetime) -> Invitation:
    _require_live(invitation, now=now, may_be_shut=True)
    waiting = Invitation.objects.live(now).filter(id=invitation.id)
    if not update_returning(waiting, declined_at=now, mail_due_at=None):
        raise _over(State.DECLINED)
    audit.record(
        InvitationDeclined(
            actor_type="user" if user else "anonymous",
            actor_id=user.id if user else None,
            organization_id=invitation.organization_id,
            **target(invitation),
        )
    )
    return invitation


def _by_token(token: str) -> Invitation:
    rows = Invitation.objects.shown().filter(link_hash=Invitation.hash_of(token))
    found = rows.first() if token.startswith(PREFIX) else None
    if found is None:
        raise _not_there()
    return found


def _own(user: User, invitation_id: UUID) -> Invitation:
    rows = Invitation.objects.shown().filter(id=invitation_id, email__in=addresses.proven_of(user))
    if (found := rows.first()) is None:
        raise _not_there()
    return found


def _require_live(invitation: Invitation, *, now: datetime, may_be_shut: bool = False) -> None:
    state = invitation.state_at(now)
    if state is not State.PENDING:
        raise _over(state)
    if not invitation.organization.is_open and not may_be_shut:
        raise Conflict(_("This organization is closed."), reason="organization_closed")


def _over(state: State) -> Conflict:
    sentences = {
        State.ACCEPTED: _("This invitation was accepted already."),
        State.DECLINED: _("This invitation was declined."),
        State.REVOKED: _("This invitation was taken back."),
        State.EXPIRED: _("This invitation has expired. Ask for a new one."),
    }
    return Conflict(sentences[state], reason=f"invitation_{state}")


def _not_there() -> NotFound:
    return NotFound(
        _("This invitation is none of ours, or a newer one took its place."), reason="unknown_invitation"
    )
