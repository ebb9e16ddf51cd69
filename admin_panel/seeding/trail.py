"""An audit trail by the million, each entry chained to the one before it as `audit.services` would have done."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from accounts.events import SessionEnded, SessionStarted
from admin_panel.seeding.bulk import Load, Say, Values, loading, told
from admin_panel.seeding.people import BROWSERS, CLIENTS, row_id
from audit import standalone
from audit.models import SYSTEM_CHAIN, Chain, Event, PersonalData
from audit.rows import chain_key, signed_row
from login.events import LoginRefused, LoginSucceeded
from tokens.events import TokenRefreshed, TokensIssued

SPAN = timedelta(days=90)
SLICE = 20_000
COLUMNS = (
    "id", "seq", "at", "organization_id", "action", "actor_type", "actor_id", "session_id", "client_id",
    "target_type", "target_id", "result", "request_id", "data", "personal_digest", "previous_hash",
)  # fmt: skip
EVENTS = Load(Event, *COLUMNS, "chain_id", "hash")
PERSONAL = Load(PersonalData, "event_id", "salt", "data")
_columns = itemgetter(*COLUMNS)


@dataclass(frozen=True, slots=True)
class Kind:
    """An event that is common in life, and how many of a hundred it is."""

    tag: str
    percent: int
    actor_type: str
    target_type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    result: str = "success"


KINDS = (
    Kind(TokenRefreshed.tag, 45, "user", "token_family"),
    Kind(TokensIssued.tag, 25, "client", "client", {"grant_type": "client_credentials", "scope": "reports"}),
    Kind(LoginSucceeded.tag, 9, "user", "user", {"door": "password", "amr": ["pwd"]}),
    Kind(SessionStarted.tag, 9, "user", "session", {"kind": "api", "amr": ["pwd"]}),
    Kind(SessionEnded.tag, 6, "user", "session", {"reason": "logout"}),
    Kind(LoginRefused.tag, 6, "anonymous", "user", {"door": "password", "reason": "invalid_credentials"}, "failure"),
)  # fmt: skip
PERCENT = tuple(accumulate(kind.percent for kind in KINDS))


@dataclass(frozen=True)
class Trail:
    """So many entries about `users` people, whose ids `user_id` tells."""

    events: int
    users: int
    user_id: Callable[[int], UUID]
    now: datetime

    def load(self, say: Say) -> None:
        """Append them to the system's chain; call it in a transaction. The chain stays locked until its end."""
        chain, _ = Chain.objects.select_for_update().get_or_create(name=SYSTEM_CHAIN)
        personal: list[Values] = []
        entries = told(self._entries(chain, personal), "audit entries", self.events, say)
        with loading(Event, PersonalData):
            for _ in range(0, self.events, SLICE):
                EVENTS.append(islice(entries, SLICE))
                PERSONAL.append(personal)
                personal.clear()
            say("indexes and foreign keys are made again")
        chain.seal = standalone.head_seal(chain_key(), chain.name, chain.seq, chain.hash)
        chain.save()

    def _entries(self, chain: Chain, personal: list[Values]) -> Iterator[Values]:
        """The rows of the entries; what each says about a person is left in `personal`."""
        key = chain_key()
        draw = random.Random("trail")  # noqa: S311 - spread, not secrecy
        for number in range(self.events):
            values = self._values(number, draw)
            salt, data = f"{draw.getrandbits(256):064x}", _circumstances(number)
            values |= {
                "seq": chain.seq + 1,
                "personal_digest": standalone.personal_digest(salt, data),
                "previous_hash": chain.hash,
            }
            chain.hash = standalone.event_hash(key, signed_row(chain.name, values))
            chain.seq += 1
            personal.append((values["id"], salt, data))
            yield (*_columns(values), chain.pk, chain.hash)

    def _values(self, number: int, draw: random.Random) -> dict[str, Any]:
        at = self.now - SPAN * (1 - number / self.events)
        kind = KINDS[next(place for place, percent in enumerate(PERCENT) if number % 100 < percent)]
        person = self.user_id(int(self.users * draw.random() ** 2))
        client = f"seed-client-{number % CLIENTS}"
        targets = {"client": client, "user": str(person)}
        return {
            "id": row_id("event", number, at),
            "at": at,
            "organization_id": None,
            "action": kind.tag,
            "actor_type": kind.actor_type,
            "actor_id": person if kind.actor_type == "user" else None,
            "session_id": None,
            "client_id": client if kind.actor_type == "client" else "",
            "target_type": kind.target_type,
            "target_id": targets.get(kind.target_type) or str(UUID(int=draw.getrandbits(128))),
            "result": kind.result,
            "request_id": f"{draw.getrandbits(128):032x}",
            "data": kind.data,
        }


def _circumstances(number: int) -> dict[str, str]:
    return {"ip": f"203.0.113.{number % 256}", "user_agent": BROWSERS[number % len(BROWSERS)]}
