"""grant_type=authorization_code (RFC 6749 section 4.1.3)."""

from datetime import datetime

from oauth import resources
from oauth.errors import OAuthError
from oauth.grants import Granted, NotGranted, person
from oauth.models import Client
from oauth.parameters import Parameters
from oauth.services import codes
from oauth.services.codes import CodeRefused
from tokens.services import access

REFUSED = "The code is wrong, expired or used, or its redirect_uri or code_verifier does not fit."


def grant(client: Client, parameters: Parameters, now: datetime) -> Granted | NotGranted:
    code = codes.redeem(
        parameters.need("code"),
        client,
        redirect_uri=parameters.get("redirect_uri"),
        verifier=parameters.get("code_verifier"),
        now=now,
    )
    if isinstance(code, CodeRefused):
        return NotGranted(REFUSED)
    audience = tuple(code.resource) or (access.provider_audience(),)
    try:
        chosen = resources.chosen(parameters, audience)
    except OAuthError as error:
        return NotGranted(error.description, error=error.error)  # returned: the code stays burnt
    approval = person.Approval(
        session=code.session,
        scope=code.scope,
        audience=audience,
        chosen=chosen,
        grant_type="authorization_code",
        code_id=code.id,
        nonce=code.nonce,
        userinfo_claims=tuple(code.requested_claims.get("userinfo", ())),
        id_token_claims=tuple(code.requested_claims.get("id_token", ())),
        login_claims=code.login_claims,
        organization_id=code.organization_id,
    )
    return person.tokens_for(client, approval, now=now)
