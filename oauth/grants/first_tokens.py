"""The first tokens that a client gets for a person: the same for every grant that a person allows in a browser."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Session
from audit import services as audit
from oauth.grants import Granted
from oauth.models import Client
from oauth.services import id_tokens
from tokens.events import TokensIssued
from tokens.services import access, refresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a code stands for: a person, signed in by `session`, allowed the client this scope."""

    grant_type: str
    session: Session
    scope: str
    nonce: str = ""
    code_id: UUID | None = None


def issue(client: Client, allowed: Allowance, *, now: datetime) -> Granted:
    """Open a family; call inside the token request's transaction."""
    family = refresh.open_family(
        allowed.session,
        client_id=client.client_id,
        scope=allowed.scope,
        audience=(access.provider_audience(),),
        code_id=allowed.code_id,
        now=now,
    )
    subject = id_tokens.subject_of(allowed.session.user, client)
    minted = access.mint_for_family(family, subject=subject, scope=allowed.scope, now=now)
    more: dict[str, Any] = {}
    if "refresh_token" in client.grant_types:
        more["refresh_token"] = refresh.issue_refresh_token(family, now=now)
    if "openid" in allowed.scope.split():
        more["id_token"] = id_tokens.mint(
            client, allowed.session, access_token=minted.token, nonce=allowed.nonce, now=now
        )
    audit.record(
        TokensIssued(
            actor_type="client",
            actor_id=family.user_id,
            client_id=client.client_id,
            target_type="token_family",
            target_id=str(family.id),
            grant_type=allowed.grant_type,
            scope=allowed.scope,
        )
    )
    return Granted(minted.token, minted.expires_in, allowed.scope, more)
