"""What an organization asks of its members' sign-ins and of invitations: read and changed."""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import levels
from accounts.models import Session
from audit import services as audit
from core import context
from core.errors import PreconditionFailed, ValidationFailed
from organizations import policies, policy_values, sign_in_methods
from organizations.events.policy import PolicyChanged
from organizations.models import OrganizationPolicy
from organizations.permissions import Permission
from organizations.policies import Demand
from organizations.services import access
from organizations.services.access import Actor

FIELDS = (
    "mfa_required_at",
    "sign_in_methods",
    "session_hours",
    "networks",
    "email_domains",
    "inviters",
    "invitation_days",
)


def get(actor: Actor, organization_id: UUID, *, now: datetime) -> OrganizationPolicy:
    """What the organization asks; where nobody said anything, nothing. Raises `NotFound`, `NotAllowed`."""
    acting = access.look(actor, organization_id, Permission.POLICY_READ, now=now)
    return policies.policy_of(acting.organization)


def version_of(policy: OrganizationPolicy) -> str:
    """A name for what it is now; another whenever anything in it has changed."""
    facts = [getattr(policy, name) for name in FIELDS]
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()[:32]


@transaction.atomic
def change(
    *,
    actor: Actor,
    organization_id: UUID,
    changes: Mapping[str, Any],
    if_version: Collection[str] | None = None,
    now: datetime,
) -> OrganizationPolicy:
    """Change the named settings; the rest stays. With `if_version` only what is still one of those.

    What would keep the very person out who asks for it is refused: their network, their way to sign in, their missing
    second factor. Raises `NotFound`, `NotAllowed`, `ReauthenticationRequired`, `PreconditionFailed`, `ValidationFailed`.
    """
    acting = access.enter(actor, organization_id, Permission.POLICY_MANAGE, now=now)
    session = acting.require_person(now=now)
    policy = policies.policy_of(acting.organization)
    if if_version is not None and version_of(policy) not in if_version:
        sentence = _("The policy was changed meanwhile. Read it again.")
        raise PreconditionFailed(sentence, reason="version_mismatch")
    despite = access.lack_of(acting, now=now)
    asked = policy_values.canonical(changes, present_methods=policy.sign_in_methods)
    changed = tuple(name for name in FIELDS if name in asked and asked[name] != getattr(policy, name))
    if not changed:
        return policy
    for name in changed:
        setattr(policy, name, asked[name])
    _require_not_locked_out(session, policy, changed)
    policy.updated_at = now
    policy.save()
    audit.record(
        PolicyChanged(
            **acting.for_audit,
            target_type="organization",
            target_id=str(organization_id),
            changed=changed,
            despite=despite or "",
        )
    )
    return policy


def _require_not_locked_out(session: Session, policy: OrganizationPolicy, changed: Collection[str]) -> None:
    """Only what changes now is looked at: an owner who mends one mistake need not mend all at once."""
    demand = Demand.of(policy, "")
    if "networks" in changed and not demand.allows_network(context.current().ip):
        sentence = _("Your own address is in none of these networks, so you would lock yourself out.")
        raise _locked_out("networks", sentence)
    if "sign_in_methods" in changed and not demand.allows_door(session.door):
        way = sign_in_methods.in_words([sign_in_methods.of_door(session.door)])
        sentence = _("You are signed in by another way yourself (%(way)s), so you would lock yourself out.")
        raise _locked_out("sign_in_methods", sentence % {"way": way})
    has_factor = session.user.has_mfa or levels.meets(session.acr, levels.TWO_FACTORS)
    if "mfa_required_at" in changed and policy.mfa_required_at is not None and not has_factor:
        raise _locked_out("mfa_required_at", _("Set up two-step sign-in for yourself first."))


def _locked_out(field: str, sentence: str) -> ValidationFailed:
    return ValidationFailed(sentence, reason="would_lock_you_out", details={field: [sentence]})
