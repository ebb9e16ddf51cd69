"""What a person has to see before going on: that the account is about to be deleted, or new terms."""

from datetime import datetime

from accounts.models import User
from accounts.services import terms

DELETION, TERMS = "/account/deletion", "/account/terms"


def find(user: User, *, now: datetime) -> str:
    """The page that stands in the way; empty if none does. Signing in and out is never in its way."""
    if user.deletion_due_at is not None:
        return DELETION
    return TERMS if terms.due(user, now=now) else ""
