"""Forms of one's own email addresses and phone number."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CodeField


class EmailForm(forms.Form):
    # Checked by accounts.emails, the one canonical form; the widget gives phones the right keyboard.
    email = forms.CharField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    becomes_primary = forms.BooleanField(
        label=_("Use it instead of my main address"),
        required=False,
        help_text=_("Your main address then leaves your account. Mail about it goes to the new one."),
    )


class PhoneForm(forms.Form):
    phone_number = forms.CharField(
        label=_("Phone number"),
        max_length=32,
        help_text=_("With its country code, such as +49 1512 3456789."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


class CodeForm(forms.Form):
    code = CodeField()
