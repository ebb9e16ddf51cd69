"""A login on its way: what is proven so far."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Session, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A person who proved something (`amr`, RFC 8176) and is not in yet."""

    user: User
    amr: tuple[str, ...]
    kind: Session.Kind
    keep: bool
    is_known_device: bool
    now: datetime
