"""Token pairs for our own API: what a login over REST ends in."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Session
from audit import services as audit
from tokens.events import TokensIssued
from tokens.models import FIRST_PARTY_CLIENT_ID, TokenFamily
from tokens.services import access, notices, refresh
from tokens.services.access import AccessToken
from tokens.services.refresh import NotRefreshed


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a token response carries."""

    access_token: str
    refresh_token: str
    expires_in: int


@transaction.atomic
def issue(session: Session, *, now: datetime) -> TokenPair:
    """The first pair of a session."""
    family, opening = refresh.new_family(
        session, client_id=FIRST_PARTY_CLIENT_ID, scope="", audience=(access.api_audience(),), now=now
    )
    minted = _access_token(family, now=now)
    token, storing = refresh.new_refresh_token(family, now=now)
    audit.record(
        TokensIssued(
            actor_type="user",
            actor_id=session.user_id,
            client_id=family.client_id,
            grant_type="login",
            scope="",
            target_type="token_family",
            target_id=str(family.id),
        ),
        opening,
        storing,
    )
    return TokenPair(minted.token, token, minted.expires_in)


@transaction.atomic
def refresh_pair(refresh_token: str, *, now: datetime) -> TokenPair | NotRefreshed:
    """The next pair; refusals are returned, so that what they revoked stays revoked."""
    rotated = refresh.rotate(refresh_token, client_id=FIRST_PARTY_CLIENT_ID, now=now)
    if isinstance(rotated, NotRefreshed):
        if rotated.replayed_family:
            notices.tell_of_replay(rotated.replayed_family, app_name="Janua", now=now)
        return rotated
    minted = _access_token(rotated.family, now=now)
    return TokenPair(minted.token, rotated.refresh_token, minted.expires_in)


def _access_token(family: TokenFamily, *, now: datetime) -> AccessToken:
    return access.mint_for_family(
        family, subject=str(family.user_id), scope="", audience=family.audience, now=now
    )
