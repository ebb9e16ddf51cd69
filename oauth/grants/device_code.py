"""grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 section 3.4)."""

from datetime import datetime

from oauth import resources, step_up
from oauth.errors import OAuthError
from oauth.grants import Granted, NotGranted, person
from oauth.models import DEVICE_CODE, Client
from oauth.parameters import Parameters
from oauth.services import devices
from oauth.services.devices import NotYet
from tokens.services import access, login_claims

SENTENCES = {
    "authorization_pending": "The person has not answered yet.",
    "slow_down": "Too soon: wait five seconds longer between polls from now on.",
    "access_denied": "The person said no.",
    "expired_token": "The device code has expired. Begin again.",
    "invalid_grant": "The device code is wrong or used, or what it was allowed by has ended.",
}


def grant(client: Client, parameters: Parameters, now: datetime) -> Granted | NotGranted:
    polled = devices.poll(parameters.need("device_code"), client, now=now)
    if isinstance(polled, NotYet):
        return NotGranted(SENTENCES[polled.error], polled.error)
    audience = polled.resources or (access.provider_audience(),)
    try:
        chosen = resources.chosen(parameters, audience)
    except OAuthError as error:
        return NotGranted(error.description, error.error)  # returned: the code stays used
    wanted = step_up.wanted(client.default_acr_values)
    approval = person.Approval(
        session=polled.session,
        scope=polled.scope,
        audience=audience,
        chosen=chosen,
        grant_type=DEVICE_CODE,
        login_claims=login_claims.of_session(polled.session, acr=wanted.told(polled.session)),
        organization_id=polled.organization_id,
    )
    return person.tokens_for(client, approval, now=now)
