"""The tokens that a person's approval turns into, whichever way it was given: a code, or a device's code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Session
from audit import services as audit
from oauth import organizations
from oauth.grants import Granted, NotGranted
from oauth.models import Client
from oauth.services import id_tokens
from oauth.services.id_tokens import About
from organizations.services import places
from tokens.events import TokensIssued
from tokens.services import access, refresh

CLOSED = "The organization that this was allowed for is closed to the person by now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What the person allowed. `audience`: all that was granted; `chosen`: what this access token is for;
    `login_claims`: what its tokens say of the login (`tokens.services.login_claims`)."""

    session: Session
    scope: str
    audience: tuple[str, ...]
    chosen: tuple[str, ...]
    grant_type: str
    code_id: UUID | None = None
    nonce: str = ""
    userinfo_claims: tuple[str, ...] = ()
    id_token_claims: tuple[str, ...] = ()
    login_claims: Mapping[str, Any]
    organization_id: UUID | None = None


def tokens_for(client: Client, approval: Approval, *, now: datetime) -> Granted | NotGranted:
    """Open a family and fill the token response; call inside the token request's transaction."""
    session, place = approval.session, None
    family, opening = refresh.new_family(
        session,
        client_id=client.client_id,
        scope=approval.scope,
        audience=approval.audience,
        userinfo_claims=approval.userinfo_claims,
        login_claims=approval.login_claims,
        organization_id=approval.organization_id,
        code_id=approval.code_id,
        now=now,
    )
    if approval.organization_id:
        place = places.find(session.user_id, approval.organization_id, client_id=client.client_id)
        if organizations.why_closed(place, family, now=now):
            return NotGranted(CLOSED)
    minted = access.mint_for_family(
        family,
        subject=id_tokens.subject_of(session.user, client),
        session_id=id_tokens.session_id_of(session, client),
        scope=approval.scope,
        audience=approval.chosen,
        lifetime_seconds=client.access_token_lifetime_seconds,
        more=organizations.claims_of(place),
        now=now,
    )
    more: dict[str, Any] = {}
    writes = [opening]
    if "refresh_token" in client.grant_types:
        lifetime = client.refresh_token_lifetime_seconds
        more["refresh_token"], storing = refresh.new_refresh_token(family, lifetime_seconds=lifetime, now=now)
        writes.append(storing)
    if "openid" in approval.scope.split():
        about = About(
            access_token=minted.token,
            nonce=approval.nonce,
            claims=approval.id_token_claims,
            organization=organizations.identity(place),
        )
        more["id_token"] = id_tokens.mint(client, family, about, now=now)
    audit.record(
        TokensIssued(
            actor_type="client",
            actor_id=family.user_id,
            client_id=client.client_id,
            target_type="token_family",
            target_id=str(family.id),
            grant_type=approval.grant_type,
            scope=approval.scope,
            organization=str(approval.organization_id or ""),
        ),
        *writes,
    )
    return Granted(minted.token, minted.expires_in, approval.scope, more)
