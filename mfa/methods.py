"""The ways of a second factor, under the names that the API and the pages use."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Method(StrEnum):
    TOTP = "totp"
    PASSKEY = "passkey"
    SMS = "sms"
    EMAIL = "email"
    RECOVERY_CODE = "recovery_code"


API_CHOICES = [(method.value, method.value) for method in Method]

SENT_CHOICES = [(method.value, method.value) for method in (Method.SMS, Method.EMAIL)]
"""Those whose code is sent first."""
CHALLENGE_CHOICES = [*SENT_CHOICES, (Method.PASSKEY.value, Method.PASSKEY.value)]
"""And those that sign a challenge."""

LABELS = {
    Method.TOTP: _("Authenticator app"),
    Method.PASSKEY: _("Passkey or security key"),
    Method.SMS: _("Text message"),
    Method.EMAIL: _("Email code"),
    Method.RECOVERY_CODE: _("Recovery code"),
}
