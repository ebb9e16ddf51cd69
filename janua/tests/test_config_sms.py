"""A named SMS gateway needs its own options, or nothing starts."""

import base64
from typing import Any

import pytest
from pydantic import ValidationError

from janua.config import Config

SECRET = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
WEBHOOK = {
    "sms_gateway": "webhook",
    "sms_webhook_url": "https://sms.example/in",
    "sms_webhook_secret": SECRET,
}
TWILIO = {
    "sms_gateway": "twilio",
    "twilio_account_sid": "AC0123",
    "twilio_auth_token": "token",
    "twilio_from": "+15017122661",
}


@pytest.mark.parametrize("options", [{}, WEBHOOK, TWILIO])
def test_a_whole_gateway_starts(options: dict[str, Any]) -> None:
    assert Config(**options).sms_gateway == options.get("sms_gateway", "console")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"sms_gateway": "pigeon"}, "console"),
        *(({**WEBHOOK, name: ""}, name.upper()) for name in ("sms_webhook_url", "sms_webhook_secret")),
        *(({**TWILIO, name: ""}, name.upper()) for name in list(TWILIO)[1:]),
        ({**WEBHOOK, "sms_webhook_secret": "whsec_short"}, "whsec_"),
        ({**WEBHOOK, "sms_webhook_secret": "k" * 44}, "whsec_"),
        ({**TWILIO, "twilio_from": "MG01", "sms_voice": "on"}, "TWILIO_FROM"),
        ({**TWILIO, "twilio_account_sid": "AC/../x"}, "letters and digits"),
    ],
)
def test_half_a_gateway_does_not(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Config(**options)
