"""What a person has to see before going on: that the account is about to be deleted, new terms, or that a second factor
is due."""

from datetime import datetime

from accounts import levels, two_step
from accounts.models import Session
from accounts.services import terms

DELETION, TERMS, SECURITY = "/account/deletion", "/account/terms", "/account/security"


def find(session: Session, *, now: datetime) -> str:
    """The page that stands in the way; empty if none does. Signing in and out is never in its way."""
    user = session.user
    if user.deletion_due_at is not None:
        return DELETION
    if terms.due(user, now=now):
        return TERMS
    # Who came with a passkey has proven two factors this time.
    is_enough = levels.meets(session.acr, levels.TWO_FACTORS)
    return SECURITY if not is_enough and two_step.is_overdue(user, now=now) else ""
