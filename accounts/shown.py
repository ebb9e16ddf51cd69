"""Sessions and devices as people see them on pages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts import doors
from accounts.devices import describe
from accounts.models import Device, Session, User
from accounts.places import find_place
from accounts.services import devices as known_devices
from accounts.services import sessions
from core import clock

SHOWN_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session in words. `kind` says whether it is a browser's or a program's."""

    id: UUID
    kind: str
    device: str
    ip: str
    place: str
    door: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool

    @classmethod
    def of(cls, session: Session, current: Session) -> "ShownSession":
        return cls(
            id=session.id,
            kind=session.kind,
            device=describe(session.user_agent),
            ip=session.ip or "",
            place=find_place(session.ip),
            door=doors.in_words(session.door),
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            expires_at=session.expires_at,
            is_current=session.id == current.id,
        )


@dataclass(frozen=True, slots=True)
class ShownDevice:
    """A browser that knows the person."""

    id: UUID
    device: str
    ip: str
    place: str
    first_seen_at: datetime
    last_seen_at: datetime
    trusted_until: datetime | None
    is_current: bool

    @classmethod
    def of(cls, device: Device, current: Session) -> "ShownDevice":
        return cls(
            id=device.id,
            device=describe(device.user_agent),
            ip=device.ip or "",
            place=find_place(device.ip),
            first_seen_at=device.first_seen_at,
            last_seen_at=device.last_seen_at,
            trusted_until=device.trusted_until if device.is_trusted(clock.now()) else None,
            is_current=device.id == current.device_id,
        )


def sessions_of(current: Session, *, at_most: int = SHOWN_AT_MOST) -> list[ShownSession]:
    """The person's living sessions, this one first, then the last used."""
    others = sessions.living_sessions(current.user, now=clock.now()).exclude(id=current.id)
    return [ShownSession.of(session, current) for session in (current, *others[: at_most - 1])]


def devices_of(current: Session) -> list[ShownDevice]:
    """The browsers that know the person, this one first, then the last used."""
    user: User = current.user
    found = known_devices.living_devices(user, now=clock.now())[:SHOWN_AT_MOST]
    shown = [ShownDevice.of(device, current) for device in found]
    return sorted(shown, key=lambda device: not device.is_current)
