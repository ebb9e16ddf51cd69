"""What an audit event is. Every app describes its own in its `events.py`, as subclasses of `AuditEvent`.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class LoginRefused(AuditEvent):
        tag: ClassVar[str] = "login.refused"
        result: Result = "failure"
        reason: str
        email: str = field(metadata=PERSONAL)

Personal data go into fields marked `PERSONAL` and nowhere else: everything else can never be erased.
Name such a field `email` where it is the person's address: that is how `erase_personal` finds it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

ActorType = Literal["user", "client", "service_account", "system", "anonymous"]
Result = Literal["success", "failure", "denied"]

PERSONAL: Final[Mapping[str, bool]] = {"personal": True}
MAX_TAG_LENGTH = 64
_TAG = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One thing that happened: who did what to what, and how it ended.

    `tag` is "subject.action"; webhooks use the same names. Without `actor_id` the actor of the request
    counts, without `actor_type` it follows from what is known (see `audit.services`).
    """

    tag: ClassVar[str]
    actor_id: UUID | None = None
    actor_type: ActorType | None = None
    client_id: str = ""
    target_type: str = ""
    target_id: str = ""
    organization_id: UUID | None = None
    result: Result = "success"

    def __init_subclass__(cls) -> None:
        tag = getattr(cls, "tag", None)
        if tag is not None and not (_TAG.fullmatch(tag) and len(tag) <= MAX_TAG_LENGTH):
            raise TypeError(f'{cls.__name__}.tag must be like "subject.action", not {tag!r}')

    def data(self) -> dict[str, Any]:
        """The event's own facts, which stay for ever."""
        return {name: getattr(self, name) for name in _own_fields(self, personal=False)}

    def personal(self) -> dict[str, Any]:
        """The event's own facts about a person, which can be erased."""
        return {name: getattr(self, name) for name in _own_fields(self, personal=True)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataErased(AuditEvent):
    """The personal data of one person were erased from the trail. Who it was is said by id only."""

    tag: ClassVar[str] = "audit.personal_data_erased"


def known_tags(app: str = "") -> list[str]:
    """The tag of every event class that is loaded, or of one app's."""
    known = [cls for cls in _subclasses(AuditEvent) if not app or cls.__module__.startswith(f"{app}.")]
    return sorted({tag for cls in known if (tag := getattr(cls, "tag", None))})


_BASE_FIELDS = frozenset(field.name for field in fields(AuditEvent))


def _own_fields(event: AuditEvent, *, personal: bool) -> list[str]:
    return [
        field.name
        for field in fields(event)
        if field.name not in _BASE_FIELDS and bool(field.metadata.get("personal")) is personal
    ]


def _subclasses(cls: type[AuditEvent]) -> Iterable[type[AuditEvent]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
