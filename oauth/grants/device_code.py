"""grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 section 3.4)."""

from datetime import datetime

from oauth.grants import Granted, NotGranted, first_tokens
from oauth.grants.first_tokens import Allowance
from oauth.models import DEVICE_CODE, Client
from oauth.parameters import Parameters
from oauth.services import devices
from oauth.services.devices import NotYet

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
    allowed = Allowance(grant_type=DEVICE_CODE, session=polled.session, scope=polled.scope)
    return first_tokens.issue(client, allowed, now=now)
