"""The forms at the door."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import passwords
from core.forms import CodeField
from mfa.forms import CredentialField


def _email(**attributes: Any) -> forms.CharField:
    # Checked by accounts.emails, the one canonical form; the widget gives phones the right keyboard.
    widget = forms.EmailInput(
        attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", **attributes}
    )
    return forms.CharField(label=_("Email address"), max_length=254, widget=widget)


def _password(label: Any, attributes: dict[str, Any], help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs=attributes)
    # The longest refusal is the service's: a guess that long is counted like any other.
    return forms.CharField(label=label, strip=False, max_length=8192, widget=widget, help_text=help_text)


class Form(forms.Form):
    """Carries where the person wants to go; takes a domain error onto the field it names."""

    next = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2000)

    def refuse(self, details: dict[str, list[str]], detail: str) -> None:
        for field, sentences in details.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)
        if not details:
            self.add_error(None, detail)


class SignInForm(Form):
    email = _email(autocomplete="username webauthn")
    password = _password(_("Password"), {"autocomplete": "current-password"})
    keep = forms.BooleanField(label=_("Keep me signed in"), required=False)


class SignUpForm(Form):
    given_name = forms.CharField(
        label=_("First name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = forms.CharField(
        label=_("Last name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = _email()
    password = _password(_("Password"), passwords.NEW_PASSWORD, passwords.HELP)
    accepts_terms = forms.BooleanField(label=_("I have read and accept these"), required=False)


class CodeForm(Form):
    code = CodeField()


class TrustingForm(Form):
    """The answer to a challenge, and whether this browser shall be spared the next ones."""

    trust = forms.BooleanField(required=False)


class FactorForm(TrustingForm):
    code = CodeField(max_length=64)


class FactorKeyForm(TrustingForm):
    credential = CredentialField()


class MailedCodeForm(Form):
    email = _email()
    keep = forms.BooleanField(label=_("Keep me signed in"), required=False)


class ForgotForm(Form):
    email = _email()


class ResetByCodeForm(Form):
    code = CodeField()
    new_password = _password(_("New password"), passwords.NEW_PASSWORD, passwords.HELP)


class ResetByLinkForm(Form):
    new_password = _password(_("New password"), passwords.NEW_PASSWORD, passwords.HELP)


class ConfirmForm(Form):
    """Only a button."""
