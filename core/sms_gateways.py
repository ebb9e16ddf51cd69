"""SMS on the wire: who carries them (SMS_GATEWAY), through the one outbound door, and their outbox.

console: nobody; in development they are read on the operators' page. webhook: a server of yours, signed as
Standard Webhooks say. twilio: Twilio's Messages resource. With SMS_VOICE=on codes are read out by calls too:
the webhook hears "channel": "voice", Twilio has its Calls resource.
"""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from django.conf import settings

from core import clock, outbound
from core.models import Sms
from core.outbound import OutboundError
from core.outbox import Outbox

# How Twilio names the languages that it speaks
TWILIO_VOICES = {
    "en": "en-US",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "nl": "nl-NL",
    "pl": "pl-PL",
    "pt-br": "pt-BR",
    "ar": "arb",
    "ja": "ja-JP",
    "zh-hans": "cmn-CN",
}
TWILIO_API = "https://api.twilio.com"


class GatewayRefused(Exception):
    """The gateway answered, and not with a yes."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class SmsOutbox(Outbox[Sms]):
    """An SMS holds a code that lives for ten minutes: later it is of no use."""

    model = Sms
    name = "sms"
    words = ("text",)
    claim = timedelta(seconds=60)
    retry_delays = (
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=5),
    )
    words_kept = timedelta(minutes=10)

    def is_kept_here(self) -> bool:
        return bool(settings.JANUA.sms_gateway == "console")

    def carry(self, row: Sms, note_sent: Callable[[], None]) -> None:
        (_by_twilio if settings.JANUA.sms_gateway == "twilio" else _by_webhook)(row)
        note_sent()

    def is_servers_fault(self, error: Exception) -> bool:
        is_this_ones = isinstance(error, GatewayRefused) and error.status in (400, 404, 422)
        return isinstance(error, GatewayRefused | OutboundError) and not is_this_ones

    def is_final(self, error: Exception) -> bool:
        """Twilio knows no repetition again: where it may have sent the SMS, a second try could be a second SMS."""
        is_in_doubt = isinstance(error, OutboundError) and error.may_have_arrived
        return is_in_doubt and settings.JANUA.sms_gateway == "twilio"

    def name_of(self, error: Exception) -> str:
        if isinstance(error, OutboundError) and error.may_have_arrived:
            return "no usable answer"
        return str(error) if isinstance(error, GatewayRefused) else super().name_of(error)


OUTBOX = SmsOutbox()


def _by_webhook(row: Sms) -> None:
    """POST it to SMS_WEBHOOK_URL. A repetition carries the same webhook-id: the receiver drops what it knows."""
    options = settings.JANUA
    facts = {"id": str(row.pk), "kind": row.kind, "to": row.recipient, "text": row.text}
    if row.spoken_in:
        facts |= {"channel": "voice", "language": row.spoken_in}
    body = json.dumps(facts).encode()
    sent_at = str(int(clock.now().timestamp()))
    key = b64decode(options.sms_webhook_secret.get_secret_value().removeprefix("whsec_"))
    signed = f"{row.pk}.{sent_at}.".encode() + body
    headers = {
        "Content-Type": "application/json",
        "webhook-id": str(row.pk),
        "webhook-timestamp": sent_at,
        "webhook-signature": f"v1,{b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}",
    }
    _post(options.sms_webhook_url, headers, body)


def _by_twilio(row: Sms) -> None:
    options = settings.JANUA
    account = options.twilio_account_sid
    sender = "MessagingServiceSid" if options.twilio_from.startswith("MG") else "From"
    form = {"To": row.recipient, sender: options.twilio_from}
    form |= {"Twiml": _spoken(row)} if row.spoken_in else {"Body": row.text}
    resource = "Calls" if row.spoken_in else "Messages"
    credentials = f"{account}:{options.twilio_auth_token.get_secret_value()}"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"Basic {b64encode(credentials.encode()).decode()}",
    }
    _post(f"{TWILIO_API}/2010-04-01/Accounts/{account}/{resource}.json", headers, urlencode(form).encode())


def _spoken(row: Sms) -> str:
    """What Twilio says in the call (TwiML)."""
    return f'<Response><Say language="{TWILIO_VOICES[row.spoken_in]}">{escape(row.text)}</Say></Response>'


def _post(url: str, headers: Mapping[str, str], body: bytes) -> None:
    answer = outbound.fetch(url, method="POST", headers=headers, body=body)
    if not 200 <= answer.status < 300:
        raise GatewayRefused(answer.status)
