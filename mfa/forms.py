"""Fields of forms about second factors."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.strict_json import parse_object

MAX_CREDENTIAL = 65_536  # attestations with certificates take a few thousand characters


class CredentialField(forms.CharField):
    """What an authenticator answered, as `static/js/passkeys.js` puts it into the form: WebAuthn's JSON."""

    default_error_messages = {"invalid": _("The browser sent nothing we can read. Try again.")}

    def __init__(self) -> None:
        super().__init__(max_length=MAX_CREDENTIAL, widget=forms.HiddenInput, label=_("Passkey"))
        self.error_messages["required"] = self.error_messages["invalid"]

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            return parse_object(str(super().clean(value)).encode())
        except (ValueError, UnicodeEncodeError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class CredentialForm(forms.Form):
    credential = CredentialField()
