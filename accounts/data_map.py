"""The data map: every table that says something about a person, and what becomes of it.

Each app declares its own tables (`<app>/data_map.py`, entered by its AppConfig): floors stay true, and a table and
its line are written together. Two acts read the map: the export (GDPR articles 15 and 20) and the erasure (article
17). A test walks all models and fails when one is missing, or one of its columns.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User

Rows = Callable[[User], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One table.

    `model`: its label. `rows`: what of it is about the person; of that `fields` go into the archive, under the
    name `file`, and `withheld` says of every other column why it does not. A table that is not exported at all has
    `not_exported` instead.
    `erase`: how it is erased where it does not go with the user's row; `kept`: why it stays.
    `obstacle`: why this person cannot be erased now, as a sentence; empty if they can.
    """

    model: str
    file: str = ""
    rows: Rows | None = None
    fields: tuple[str, ...] = ()
    withheld: Mapping[str, str] = field(default_factory=dict)
    not_exported: str = ""
    erase: Callable[[User, datetime], object] | None = None
    kept: str = ""
    obstacle: Callable[[User], str] | None = None


_holdings: dict[str, Holding] = {}


def enter(*holdings: Holding) -> None:
    """Add an app's tables to the map; entered again, they take the place of what was there."""
    _holdings.update({holding.model: holding for holding in holdings})


def holdings() -> Iterable[Holding]:
    """The whole map, in the order of its entry: the floors from below."""
    return tuple(_holdings.values())


def exported() -> list[Holding]:
    return [holding for holding in _holdings.values() if holding.file]


def obstacles(user: User) -> list[str]:
    """Why this person cannot be erased now, in sentences."""
    asked = (holding.obstacle(user) for holding in _holdings.values() if holding.obstacle)
    return [sentence for sentence in asked if sentence]
