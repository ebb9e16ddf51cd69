"""Invitations' mails. Each gets a fresh link, which nobody but the mailbox ever sees; the one before is void.

One invitation is mailed with the act that makes it. Of many at once only the rows are written there; their mails are
written afterwards, each in a transaction of its own, so that a file of thousands holds up nobody.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.services import mailed
from audit import services as audit
from core import crypto, limits, mail, throttle
from core.throttle import Verdict
from organizations.events.invitations import InvitationMailed
from organizations.models import Invitation

PREFIX = "jnu_in_"
PATH = "/invitations/open"
BATCH = 500
"""Mails of one run: the next run goes on, and other background work gets its turn."""


def require_calm(organization_id: UUID, email: str, *, now: datetime) -> None:
    """Counted before a mail goes to the address; raises `RateLimited`."""
    throttle.require(limits.INVITATION_MAILBOX, _mailbox(organization_id, email), now=now)
    throttle.require(limits.INVITATION_ADDRESS, email, now=now)


def send(invitation: Invitation, *, now: datetime) -> None:
    """Give the invitation a fresh link and put the mail into the outbox. Inside a transaction."""
    token = crypto.new_secret(PREFIX)
    invitation.link_hash = Invitation.hash_of(token)
    invitation.sent_at, invitation.mail_due_at = now, None
    invitation.save()
    known = User.objects.find_by_email(invitation.email)
    facts: dict[str, object] = {
        "organization": one_line(invitation.organization.name),
        "inviter": one_line(invitation.inviter_name),
        "role": one_line(invitation.role.name),
        "email": invitation.email,
        "link": mailed.url(f"{PATH}?token={token}"),
        "expires_at": invitation.expires_at,
    }
    mail.send("invitation", invitation.email, facts, locale=(known and known.locale) or invitation.locale)


def send_due(*, now: datetime) -> int:
    """Write the mails that wait; how many were written."""
    waiting = Invitation.objects.due(now).order_by("mail_due_at", "id")
    return sum(_send_one(row, now=now) for row in waiting.values_list("id", flat=True)[:BATCH])


def _send_one(invitation_id: UUID, *, now: datetime) -> bool:
    seen = Invitation.objects.due(now).filter(id=invitation_id).first()
    if seen is None:
        return False
    verdict = _count(seen, now=now)
    if not verdict.allowed:
        later = now + timedelta(seconds=verdict.retry_after_seconds)
        Invitation.objects.due(now).filter(id=invitation_id).update(mail_due_at=later)
        return False
    with transaction.atomic():
        mine = Invitation.objects.due(now).filter(id=invitation_id)
        invitation = mine.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
        if invitation is None:
            return False  # revoked meanwhile, or another worker is at it
        send(invitation, now=now)
        audit.record(
            InvitationMailed(
                actor_type="system",
                organization_id=invitation.organization_id,
                target_type="invitation",
                target_id=str(invitation.id),
                role=invitation.role.key,
                email=invitation.email,
            )
        )
    return True


def _count(invitation: Invitation, *, now: datetime) -> Verdict:
    mailbox = _mailbox(invitation.organization_id, invitation.email)
    verdict = throttle.hit(limits.INVITATION_MAILBOX, mailbox, now=now)
    return throttle.hit(limits.INVITATION_ADDRESS, invitation.email, now=now) if verdict.allowed else verdict


def _mailbox(organization_id: UUID, email: str) -> str:
    return f"{email} of {organization_id}"


def one_line(name: str) -> str:
    """A name that somebody else chose, as a mail can show it: one line, nothing invisible."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
