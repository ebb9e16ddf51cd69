"""Operators help who lost every second factor: they approve the reset that waits, or remove the factors at once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Session, User
from accounts.services import sudo, users
from audit import services as audit
from core.errors import Conflict
from mfa.models import FactorReset
from mfa.reset_events import FactorResetApproved, FactorsRemovedByOperator
from mfa.services import resets


def approve_or_remove(*, actor: User, session: Session, user: User, reason: str, now: datetime) -> User:
    """A reset that waits is due at once: the person's next sign-in removes the factors. Without one they go now.

    Either way the person is told on every channel. Raises `NotAllowed`, `ReauthenticationRequired` (of the operator's
    own session), and `Conflict` where there is no second factor.
    """
    sudo.require(session, now=now)
    with transaction.atomic():
        user = users.lock_to_manage(actor, user)
        if not user.has_mfa:
            raise Conflict(_("Two-step sign-in is off already."), reason="mfa_not_enabled")
        reset = resets.waiting_of(user, now=now)
        if reset is None:
            gone = resets.remove_all(user, by_operator=True, now=now)
            audit.record(FactorsRemovedByOperator(**_by(actor, user), methods=gone, reason=reason))
        elif reset.approved_by_id is None and not reset.is_due(now):
            _approve(actor, user, reset, reason=reason, now=now)
    return user


def _approve(actor: User, user: User, reset: FactorReset, *, reason: str, now: datetime) -> None:
    reset.approved_by, reset.due_at, reset.expires_at = actor, now, now + FactorReset.WINDOW
    reset.save(update_fields=["approved_by", "due_at", "expires_at"])
    facts = {"cancel_url": resets.cancel_url(reset), "is_approved": True}
    resets.tell(user, "factor_reset", facts, now=now)
    audit.record(FactorResetApproved(**_by(actor, user), reset_id=str(reset.id), reason=reason))


def _by(actor: User, user: User) -> dict[str, Any]:
    return {"actor_type": "user", "actor_id": actor.id, "target_type": "user", "target_id": str(user.id)}
