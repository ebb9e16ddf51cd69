"""grant_type=refresh_token (RFC 6749 section 6, RFC 9700 section 4.14)."""

from datetime import datetime
from typing import Any

from oauth import organizations, resources, scopes
from oauth.errors import OAuthError
from oauth.grants import Granted, NotGranted
from oauth.models import Client
from oauth.organizations import Renewal
from oauth.parameters import Parameters
from oauth.services import id_tokens
from oauth.services.id_tokens import About
from tokens.services import access, notices, refresh
from tokens.services.refresh import NotRefreshed

REFUSED = "The refresh token is wrong, expired, used or revoked, or its organization is closed to the person."


def grant(client: Client, parameters: Parameters, now: datetime) -> Granted | NotGranted:
    token = parameters.need("refresh_token")
    words = scopes.parse(parameters.get("scope"))
    asked = organizations.without_name(words)
    renewal = Renewal(client.client_id, organizations.named(words, parameters.get("organization")), now)
    if asked and renewal.name and scopes.ORGANIZATION not in asked:
        raise OAuthError("invalid_scope", "Who names an organization needs the scope organization.")
    if asked or parameters.get("resource"):
        _require_no_more_than_granted(token, asked, parameters)
    rotated = refresh.rotate(
        token,
        client_id=client.client_id,
        lifetime_seconds=client.refresh_token_lifetime_seconds,
        judge=renewal,
        now=now,
    )
    if isinstance(rotated, NotRefreshed):
        if rotated.replayed_family:
            notices.tell_of_replay(rotated.replayed_family, app_name=client.display_name, now=now)
        return NotGranted(REFUSED)
    family = rotated.family
    scope = " ".join(asked) or family.scope
    place = renewal.place if scopes.ORGANIZATION in scope.split() else None
    minted = access.mint_for_family(
        family,
        subject=id_tokens.subject_of(family.user, client),
        session_id=id_tokens.session_id_of(family.session, client),
        scope=scope,
        audience=resources.chosen(parameters, family.audience),
        lifetime_seconds=client.access_token_lifetime_seconds,
        more=organizations.claims_of(place),
        now=now,
    )
    more: dict[str, Any] = {"refresh_token": rotated.refresh_token}
    if "openid" in scope.split():
        about = About(access_token=minted.token, organization=organizations.identity(place))
        more["id_token"] = id_tokens.mint(client, family, about, now=now)
    return Granted(minted.token, minted.expires_in, scope, more)


def _require_no_more_than_granted(token: str, asked: tuple[str, ...], parameters: Parameters) -> None:
    """Less is allowed, more is `invalid_scope` (section 6) or `invalid_target` (RFC 8707 section 2.2); looked
    at before the token is used up."""
    family = refresh.find_family(token)
    if family is None:
        return
    if not set(asked) <= set(family.scope.split()):
        raise OAuthError("invalid_scope", "The scope asks for more than was granted.")
    resources.chosen(parameters, family.audience)
