"""The set-up of an authenticator app over REST."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import Session
from core.api.serializers import StrictSerializer
from mfa import qr
from mfa.api.setups.base import SetUp
from mfa.methods import API_CHOICES, Method
from mfa.services import totp

CHOICES = [(Method.TOTP.value, Method.TOTP.value)]


class MfaTotpSetUpInput(StrictSerializer):
    """An authenticator app."""

    method = serializers.ChoiceField(choices=CHOICES)
    name = serializers.CharField(
        max_length=64, required=False, allow_blank=True, help_text="Yours, such as Phone."
    )


class MfaTotpSetUpOutput(serializers.Serializer[Any]):
    """What the app has to know. Confirm with its first code within an hour."""

    id = serializers.UUIDField()
    method = serializers.ChoiceField(choices=API_CHOICES)
    secret = serializers.CharField(help_text="160 bits in base32. SHA-1, 6 digits, 30 seconds.")
    otpauth_uri = serializers.CharField()
    qr_svg = serializers.CharField(help_text="The address as a QR code: an SVG document.")


def begin(session: Session, data: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    factor = totp.begin(session=session, **data, now=now)
    uri = totp.uri_of(factor)
    shown = {"secret": factor.seed, "otpauth_uri": uri, "qr_svg": qr.svg_of(uri)}
    return {"id": factor.id, "method": factor.method, **shown}


SET_UP = SetUp(method=Method.TOTP, body=MfaTotpSetUpInput, output=MfaTotpSetUpOutput, begin=begin)
