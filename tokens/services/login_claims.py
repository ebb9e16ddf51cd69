"""What tokens say of the login they come from: `auth_time`, `amr` and `acr`.

They stay the same in every token of one grant, however often it is refreshed (RFC 9068 section 2.2.1): codes and
families keep them. Our own tokens speak of the session as it is.
"""

from typing import Any

from accounts import levels
from accounts.models import Session
from tokens.models import TokenFamily


def level_of(session: Session) -> str:
    """Sessions from before levels were kept say nothing; what they were begun with does."""
    return session.acr or levels.of(session.amr)


def of_session(session: Session, *, acr: str = "") -> dict[str, Any]:
    """`acr`: what was asked for and is met, where it is another than the session's own."""
    return {
        "auth_time": int(session.auth_time.timestamp()),
        "amr": list(session.amr),
        "acr": acr or level_of(session),
    }


def of_family(family: TokenFamily) -> dict[str, Any]:
    """As the grant kept them; `family` has its session loaded."""
    return dict(family.login_claims) or of_session(family.session)
