"""The levels that a client asks for (`acr`), and what a signed-in person still has to prove for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts import levels
from accounts.models import Session
from login.services import reauthentication
from tokens.services.login_claims import level_of


@dataclass(frozen=True, slots=True)
class WantedLevels:
    """Levels of ours, the preferred one first. If they are not essential they are only a wish (OpenID Connect Core
    section 5.5.1.1)."""

    values: tuple[str, ...] = ()
    is_essential: bool = False

    @property
    def preferred(self) -> str:
        return self.values[0] if self.values else ""

    def are_met(self, session: Session) -> bool:
        return any(levels.meets(level_of(session), value) for value in self.values)

    def told(self, session: Session) -> str:
        """What the tokens say: the strongest that was asked for and is met, else what the session has."""
        own = level_of(session)
        met = [value for value in self.values if levels.meets(own, value)]
        return max(met, key=levels.ACR_VALUES.index, default=own)


@dataclass(frozen=True, slots=True)
class StepUp:
    """The level that is missing, and whether the person has a factor that reaches it."""

    level: str
    is_within_reach: bool


def wanted(values: Iterable[str], *, is_essential: bool = False) -> WantedLevels:
    """Of what a client asks for, what means something here."""
    known = tuple(dict.fromkeys(value for value in values if value in levels.ACR_VALUES))
    return WantedLevels(known, is_essential)


def find(wanted: WantedLevels, session: Session, *, now: datetime) -> StepUp | None:
    """The first of the wanted levels that the person has or can reach decides. None: there is nothing to prove.

    Of levels out of reach only essential ones are told.
    """
    own = level_of(session)
    if not wanted.values or levels.meets(own, wanted.preferred):
        return None
    for value in wanted.values:
        if levels.meets(own, value):
            return None
        if reauthentication.ways_of(session, level=value, now=now):
            return StepUp(value, is_within_reach=True)
    return StepUp(_weakest(wanted.values), is_within_reach=False) if wanted.is_essential else None


def _weakest(values: tuple[str, ...]) -> str:
    return min(values, key=levels.ACR_VALUES.index)
