"""Families and their first tokens, written at once."""

from datetime import datetime
from typing import Any

from accounts.models import Session
from core.statements import write_together
from tokens.models import TokenFamily
from tokens.services import refresh


def open_family(session: Session, **of: Any) -> TokenFamily:
    family, opening = refresh.new_family(session, **of)
    write_together(opening)
    return family


def issue_refresh_token(family: TokenFamily, *, now: datetime) -> str:
    token, storing = refresh.new_refresh_token(family, now=now)
    write_together(storing)
    return token
