"""What follows whenever a factor comes or goes, whichever method it is.

Both ends run in the transaction of the change, the person's row locked (`sudo.lock_person`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.events import by_oneself
from accounts.models import Session, User
from accounts.services import mailed, sudo
from accounts.services.sessions import NewSession
from audit import services as audit
from core import mail
from mfa.events import FactorAdded, FactorRemoved
from mfa.methods import LABELS, Method
from mfa.services import factors, recovery_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which factor came or went."""

    factor_id: UUID
    method: Method
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A factor counts from now on. `recovery_codes` come with the first one, to be shown once."""

    factor_id: UUID
    recovery_codes: tuple[str, ...]
    renewed: NewSession


def added(session: Session, user: User, change: Change, *, amr: tuple[str, ...], now: datetime) -> Enrolled:
    """The person just proved the new factor in this session, which is lifted to its level under a new secret."""
    is_first = not user.has_mfa
    factors.note_enrolment(user, now=now)
    codes = recovery_codes.replace(user, now=now) if is_first else ()
    _tell("factor_added", user, change, {"is_first": is_first}, now=now)
    renewed = sudo.open_for(session, by=change.method, factor=amr, now=now)
    audit.record(FactorAdded(**by_oneself(user.id), method=change.method, factor_id=str(change.factor_id)))
    return Enrolled(factor_id=change.factor_id, recovery_codes=codes, renewed=renewed)


def removed(user: User, change: Change, *, now: datetime) -> None:
    """The factor's row is gone; with the last one two-step sign-in is off. Raises `Conflict` where that may not be."""
    factors.require_may_be_off(user)
    factors.note_enrolment(user, now=now)
    is_off = not user.has_mfa
    _tell("factor_removed", user, change, {"is_off": is_off}, now=now)
    audit.record(
        FactorRemoved(
            **by_oneself(user.id), method=change.method, factor_id=str(change.factor_id), is_off=is_off
        )
    )


def _tell(kind: str, user: User, change: Change, more: dict[str, object], *, now: datetime) -> None:
    facts = {
        "method": LABELS[change.method],  # read in the language of the mail
        "name": change.name,
        "security_url": mailed.url("/account/security"),
        **more,
        **mailed.circumstances(now),
    }
    mail.send(kind, user.email, facts, locale=user.locale)
