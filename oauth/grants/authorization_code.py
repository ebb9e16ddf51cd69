"""grant_type=authorization_code (RFC 6749 section 4.1.3)."""

from datetime import datetime

from oauth.grants import Granted, NotGranted, first_tokens
from oauth.grants.first_tokens import Allowance
from oauth.models import Client
from oauth.parameters import Parameters
from oauth.services import codes
from oauth.services.codes import CodeRefused

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
    allowed = Allowance(
        grant_type="authorization_code",
        session=code.session,
        scope=code.scope,
        nonce=code.nonce,
        code_id=code.id,
    )
    return first_tokens.issue(client, allowed, now=now)
