"""What another provider told of a person on the way in: carried along, and kept once the login is complete.

An account there signs in here by itself. Connected while a second factor is still due, it would be the way around it.
"""

import json
from dataclasses import asdict
from datetime import datetime

from accounts.models import User
from accounts.services import identities
from accounts.services.identities import ToldIdentity
from login.attempts import Vouched


def sealed(vouched: Vouched | None) -> str:
    """For `LoginAttempt.vouched`, which seals it; empty where no provider told anything."""
    return json.dumps(asdict(vouched)) if vouched else ""


def unsealed(text: str) -> Vouched | None:
    if not text:
        return None
    held = json.loads(text)
    return Vouched(told=ToldIdentity(**held["told"]), is_known=held["is_known"], is_news=held["is_news"])


def still_holds(vouched: Vouched | None, user: User) -> bool:
    """Whether the provider's account is what it was: connected to the person, or to nobody.

    Who disconnected it meanwhile does not get it back by a login that was on its way.
    """
    if vouched is None:
        return True
    known = identities.find(vouched.told)
    return not vouched.is_known if known is None else known.user_id == user.id


def keep(vouched: Vouched | None, user: User, *, now: datetime) -> None:
    """The login is complete: note the use of the provider's account, or connect it."""
    if vouched is None:
        return
    known = identities.find(vouched.told)
    if known is None:
        identities.connect(user, vouched.told, is_news=vouched.is_news, now=now)
    else:
        identities.note_use(known, vouched.told, now=now)
