"""A login on its way: what is proven so far."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Session, User
from accounts.services.identities import ToldIdentity
from login.devices import KnownDevice
from organizations.policies import NOTHING_ASKED, LoginPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What another provider told of the person.

    `is_known`: its account is connected already. `is_news`: connecting it is something the person should hear of.
    """

    told: ToldIdentity
    is_known: bool = False
    is_news: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A person who proved something (`amr`, RFC 8176) and is not in yet.

    `device`: the browser, if it is one of ours; whether it knows the person is asked of it. `level`: what the
    application asks for that the person signs in to; may be empty.
    `by_mailbox`: all that is proven is a mailbox of theirs, so that a mailed code would prove nothing more.
    `is_answered`: the challenge was; what spoke against the sign-in speaks no more.
    `door` and `policy`, what the person's organizations ask, come with the steps (`login.services.path`).
    """

    user: User
    amr: tuple[str, ...]
    kind: Session.Kind
    keep: bool
    device: KnownDevice | None
    now: datetime
    level: str = ""
    vouched: Vouched | None = None
    by_mailbox: bool = False
    is_answered: bool = False
    door: str = ""
    policy: LoginPolicy = NOTHING_ASKED

    @property
    def is_known_device(self) -> bool:
        return self.device is not None and self.device.knows(self.user)
