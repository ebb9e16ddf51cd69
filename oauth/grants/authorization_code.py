"""grant_type=authorization_code (RFC 6749 section 4.1.3)."""

from datetime import datetime
from typing import Any

from audit import services as audit
from oauth.grants import Granted, NotGranted
from oauth.models import AuthorizationCode, Client
from oauth.parameters import Parameters
from oauth.services import codes, id_tokens
from oauth.services.codes import CodeRefused
from tokens.events import TokensIssued
from tokens.services import access, refresh

REFUSED = "The code is wrong, expired or used, or its redirect_uri or code_verifier does not fit."


def grant(client: Client, parameters: Parameters, now: datetime) -> Granted | NotGranted:
    code = codes.redeem(
        parameters.need("code"),
        client,
        redirect_uri=parameters.get("redirect_uri"),
        verifier=parameters.get("code_verifier"),
        now=now,
    )
    return NotGranted(REFUSED) if isinstance(code, CodeRefused) else _tokens(client, code, now=now)


def _tokens(client: Client, code: AuthorizationCode, *, now: datetime) -> Granted:
    family = refresh.open_family(
        code.session,
        client_id=client.client_id,
        scope=code.scope,
        audience=(access.provider_audience(),),
        code_id=code.id,
        now=now,
    )
    subject = id_tokens.subject_of(code.session.user, client)
    minted = access.mint_for_family(family, subject=subject, scope=code.scope, now=now)
    more: dict[str, Any] = {}
    if "refresh_token" in client.grant_types:
        more["refresh_token"] = refresh.issue_refresh_token(family, now=now)
    if "openid" in code.scope.split():
        more["id_token"] = id_tokens.mint(
            client, code.session, access_token=minted.token, nonce=code.nonce, now=now
        )
    audit.record(
        TokensIssued(
            actor_type="client",
            actor_id=family.user_id,
            client_id=client.client_id,
            target_type="token_family",
            target_id=str(family.id),
            grant_type="authorization_code",
            scope=code.scope,
        )
    )
    return Granted(minted.token, minted.expires_in, code.scope, more)
