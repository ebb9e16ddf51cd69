"""Sessions and first-party token pairs for tests."""

from datetime import datetime

from accounts.models import Session, User
from accounts.services import sessions
from tokens.services import first_party
from tokens.services.first_party import TokenPair


def api_session(user: User, *, now: datetime) -> Session:
    """A session as a login over REST begins one."""
    proof = sessions.Proof(amr=("pwd",), auth_time=now)
    return sessions.start_session(user, proof, kind=Session.Kind.API, keep=False, now=now).session


def pair_of(user: User, *, now: datetime) -> TokenPair:
    return first_party.issue(api_session(user, now=now), now=now)


def access_token_of(user: User, *, now: datetime) -> str:
    return pair_of(user, now=now).access_token
