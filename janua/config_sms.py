"""Options of SMS: who carries them."""

from base64 import b64decode
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings


class SmsOptions(BaseSettings):
    """A gateway that is named needs all of its own options."""

    sms_gateway: Literal["console", "webhook", "twilio"] = Field(
        default="console",
        description="Who carries SMS. 'console' is for development: they land on the operators' page. In "
        "production it means that phone numbers cannot be verified.",
    )
    sms_voice: Literal["off", "on"] = Field(
        default="off",
        description="Whether people may have a code read out by a call. The gateway must be able to: 'webhook' gets "
        '"channel": "voice", \'twilio\' needs a number as TWILIO_FROM.',
    )
    sms_webhook_url: str = Field(
        default="",
        description="Where 'webhook' posts each SMS as JSON, signed by the Standard Webhooks scheme.",
    )
    sms_webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Key of that signature: whsec_ and 24 to 64 random bytes in base64.",
    )
    twilio_account_sid: str = Field(default="", description="Account of 'twilio', beginning with AC.")
    twilio_auth_token: SecretStr = Field(default=SecretStr(""), description="Its auth token.")
    twilio_from: str = Field(
        default="",
        description="Sender of 'twilio': a number like +15017122661, or a messaging service (MG...).",
    )

    @model_validator(mode="after")
    def _gateway_is_whole(self) -> Self:
        needed = {
            "webhook": ("sms_webhook_url", "sms_webhook_secret"),
            "twilio": ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
        }.get(self.sms_gateway, ())
        missing = [name.upper() for name in needed if not _text(getattr(self, name))]
        if missing:
            raise ValueError(f"SMS_GATEWAY={self.sms_gateway} needs {' and '.join(missing)}")
        if self.sms_gateway == "webhook" and not _is_webhook_secret(_text(self.sms_webhook_secret)):
            raise ValueError("SMS_WEBHOOK_SECRET must be whsec_ and 24 to 64 random bytes in base64")
        if self.sms_gateway == "twilio" and not self.twilio_account_sid.isalnum():
            raise ValueError("TWILIO_ACCOUNT_SID must be letters and digits only")
        if self.sms_gateway == "twilio" and self.sms_voice == "on" and not self.twilio_from.startswith("+"):
            raise ValueError("SMS_VOICE=on needs a number as TWILIO_FROM: a messaging service cannot call")
        return self


def _text(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _is_webhook_secret(text: str) -> bool:
    try:
        return text.startswith("whsec_") and 24 <= len(b64decode(text[6:], validate=True)) <= 64
    except ValueError:
        return False
