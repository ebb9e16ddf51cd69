"""grant_type=refresh_token (RFC 6749 section 6, RFC 9700 section 4.14)."""

from datetime import datetime
from typing import Any

from oauth import scopes
from oauth.errors import OAuthError
from oauth.grants import Granted, NotGranted
from oauth.models import Client
from oauth.parameters import Parameters
from oauth.services import id_tokens
from tokens.services import access, notices, refresh
from tokens.services.refresh import NotRefreshed


def grant(client: Client, parameters: Parameters, now: datetime) -> Granted | NotGranted:
    token = parameters.need("refresh_token")
    asked = scopes.parse(parameters.get("scope"))
    if asked:
        _require_no_more_than_granted(token, asked)
    rotated = refresh.rotate(token, client_id=client.client_id, now=now)
    if isinstance(rotated, NotRefreshed):
        if rotated.replayed_family:
            notices.tell_of_replay(rotated.replayed_family, app_name=client.display_name, now=now)
        return NotGranted("The refresh token is wrong, expired, used or revoked.")
    family = rotated.family
    scope = " ".join(asked) or family.scope
    subject = id_tokens.subject_of(family.user, client)
    minted = access.mint_for_family(family, subject=subject, scope=scope, now=now)
    more: dict[str, Any] = {"refresh_token": rotated.refresh_token}
    if "openid" in scope.split():
        more["id_token"] = id_tokens.mint(
            client, family.session, access_token=minted.token, nonce="", now=now
        )
    return Granted(minted.token, minted.expires_in, scope, more)


def _require_no_more_than_granted(token: str, asked: tuple[str, ...]) -> None:
    """Section 6: less is allowed, more is `invalid_scope`; looked at before the token is used up."""
    family = refresh.find_family(token)
    if family and not set(asked) <= set(family.scope.split()):
        raise OAuthError("invalid_scope", "The scope asks for more than was granted.")
