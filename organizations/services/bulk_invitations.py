"""Inviting many at once: a report line by line, and the mails only once the person has seen it.

Nothing is written while a line has a fault, unless the person says to send the good ones. What is written is written
at once, in one transaction with a handful of statements however long the list is; the mails follow by
`organizations.tasks.send_invitations`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import emails
from audit import services as audit
from organizations import policies
from organizations.events.invitations import InvitationsCreated
from organizations.invitation_files import Line
from organizations.models import Invitation, Membership, OrganizationPolicy, Role
from organizations.services import invitation_rules, invitations
from organizations.services.access import Access, Actor


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line cannot be sent."""

    line: int
    email: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a list came to. `good` could be sent; `sent` were written, and their mails are on their way."""

    good: int
    sent: int
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class _Read:
    """A line with its address in canonical form; empty: it has none."""

    line: Line
    email: str


def invite_many(
    *,
    actor: Actor,
    organization_id: UUID,
    lines: list[Line],
    default_role: str = "",
    send_good: bool = False,
    now: datetime,
) -> Report:
    """Invite all of the list, or with `send_good` those whose line is in order; else nobody.

    Wake `tasks.send_invitations` afterwards. Raises `NotFound`, `NotAllowed`, `Conflict` where the organization is
    closed, `RateLimited` where more are to be sent than may be today, `ReauthenticationRequired` where owners are
    among them.
    """
    invitation_rules.look(actor, organization_id, now=now)
    # Ten thousand addresses take a second: read before anything is locked.
    read = [_Read(line, (not line.is_formula and emails.find_canonical(line.email)) or "") for line in lines]
    with transaction.atomic():
        access = invitation_rules.enter(actor, organization_id, now=now)
        policy = policies.policy_of(access.organization)
        judge = _Judge(access, policy, default_role, [each.email for each in read if each.email], now=now)
        good, faults = _parted(judge, read)
        if not good or (faults and not send_good):
            return Report(len(good), 0, faults)
        _write(access, policy, good, now=now)
    return Report(len(good), len(good), faults)


class _Judge:
    """Decides line by line, with what was read once for all of them."""

    def __init__(
        self,
        access: Access,
        policy: OrganizationPolicy,
        default_role: str,
        addresses: list[str],
        *,
        now: datetime,
    ) -> None:
        organization = access.organization
        self._access, self._policy, self._default = access, policy, default_role
        self._roles = invitations.usable_roles(access)
        self._may = {key for key, role in self._roles.items() if access.granted.covers(role.granted)}
        members = Membership.objects.filter(organization=organization, user__email__in=addresses)
        self._members = set(members.values_list("user__email", flat=True))
        waiting = Invitation.objects.live(now).filter(organization=organization, email__in=addresses)
        self._invited = set(waiting.values_list("email", flat=True))
        self._seen: dict[str, int] = {}

    def role_of(self, read: _Read) -> Role:
        return self._roles[self._key(read)]

    def fault_of(self, read: _Read) -> tuple[str, str] | None:
        """(reason, sentence) of the first that is wrong."""
        key, email = self._key(read), read.email
        if read.line.is_formula:
            return "formula", _("This begins like a formula of a spreadsheet.")
        if not email:
            return "invalid_email", _("This is no email address.")
        if key not in self._roles:
            return "unknown_role", _("There is no such role in this organization.")
        if key not in self._may:
            return "beyond_own_permissions", _("This role goes beyond what you may do yourself.")
        if first := self._seen.get(email):
            return "duplicate", _("This address stands in line %(line)s already.") % {"line": first}
        self._seen[email] = read.line.number
        if email in self._members:
            return "already_member", _("This person is a member already.")
        if email in self._invited:
            return "already_invited", _("This address is invited already.")
        if not policies.admits(self._policy, email):
            return "domain_not_allowed", _("This organization takes only addresses of its own domains.")
        return None

    def _key(self, read: _Read) -> str:
        return read.line.role or self._default


def _parted(judge: _Judge, read: list[_Read]) -> tuple[list[tuple[str, Role]], list[Fault]]:
    """The good lines, as address and role, and the faults of the others."""
    good, faults = [], []
    for each in read:
        if fault := judge.fault_of(each):
            faults.append(Fault(each.line.number, each.line.email, *fault))
        else:
            good.append((each.email, judge.role_of(each)))
    return good, faults


def _write(
    access: Access, policy: OrganizationPolicy, good: list[tuple[str, Role]], *, now: datetime
) -> None:
    roles = {role.id: role for _, role in good}
    for role in roles.values():
        invitation_rules.require_may_give(access, role, now=now)
    invitations.require_room(access, len(good), now=now)
    invitations.end_expired(access, [email for email, _ in good], now=now)
    rows = [
        invitations.new(access, email, role, days=policy.invitation_days, now=now) for email, role in good
    ]
    for row in rows:
        row.mail_due_at = now
    Invitation.objects.bulk_create(rows, batch_size=1000)
    count = Counter(role.key for _, role in good)
    audit.record(
        InvitationsCreated(
            **access.for_audit,
            target_type="organization",
            target_id=str(access.organization.id),
            roles=dict(count),
        )
    )
