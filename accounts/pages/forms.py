"""Forms of one's own account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import passwords


class FirstPasswordForm(forms.Form):
    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=8192,
        help_text=passwords.HELP,
        widget=forms.PasswordInput(attrs=passwords.NEW_PASSWORD),
    )


class PasswordForm(FirstPasswordForm):
    current_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=8192,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current_password", "new_password")
