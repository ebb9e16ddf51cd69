"""Forms of one's own account."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import passwords


def _text(label: Any, autocomplete: str, *, max_length: int = 100, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=max_length, required=False, widget=widget, **more)


class ProfileForm(forms.Form):
    given_name = _text(_("First name"), "given-name")
    family_name = _text(_("Last name"), "family-name")
    locale = _text(_("Language"), "language", max_length=16, help_text=_("Such as en or pt-BR."))
    timezone = _text(_("Time zone"), "off", max_length=64, help_text=_("Such as Europe/Berlin."))

    def clean_timezone(self) -> str:
        value = str(self.cleaned_data["timezone"])
        if value and value not in available_timezones():
            raise forms.ValidationError(_("Enter a time zone such as Europe/Berlin."))
        return value


class PasswordForm(forms.Form):
    current_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=8192,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=8192,
        help_text=passwords.HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
