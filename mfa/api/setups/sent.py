"""The set-up of codes by SMS and by mail over REST."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import Session
from core.api.serializers import StrictSerializer
from mfa.api.setups.base import SetUp
from mfa.methods import API_CHOICES, Method
from mfa.models import Factor, SentCode
from mfa.services import sent_codes


class MfaSmsSetUpInput(StrictSerializer):
    """Codes by SMS. The new number takes the place of the one there is."""

    method = serializers.ChoiceField(choices=[(Method.SMS.value, Method.SMS.value)])
    phone_number = serializers.CharField(max_length=32, help_text="With its country code.")


class MfaEmailSetUpInput(StrictSerializer):
    """Codes by mail to your account's address."""

    method = serializers.ChoiceField(choices=[(Method.EMAIL.value, Method.EMAIL.value)])


class MfaSentSetUpOutput(serializers.Serializer[Any]):
    """A code is on its way. Confirm with it."""

    id = serializers.UUIDField()
    method = serializers.ChoiceField(choices=API_CHOICES)
    destination = serializers.CharField()
    expires_in = serializers.IntegerField()


def begin_sms(session: Session, data: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    return _shown(sent_codes.begin_sms(session=session, **data, now=now))


def begin_email(session: Session, _data: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    return _shown(sent_codes.begin_email(session=session, now=now))


def _shown(factor: Factor) -> Mapping[str, Any]:
    seconds = int(SentCode.LIFETIME.total_seconds())
    destination = sent_codes.destination_of(factor)
    return {"id": factor.id, "method": factor.method, "destination": destination, "expires_in": seconds}


SMS_SET_UP = SetUp(method=Method.SMS, body=MfaSmsSetUpInput, output=MfaSentSetUpOutput, begin=begin_sms)
EMAIL_SET_UP = SetUp(
    method=Method.EMAIL, body=MfaEmailSetUpInput, output=MfaSentSetUpOutput, begin=begin_email
)
