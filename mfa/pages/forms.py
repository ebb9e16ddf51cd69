"""Forms of one's own two-step sign-in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CodeField


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        required=False,
        help_text=_("How you tell it from others, such as the phone that it is on."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class FirstCodeForm(forms.Form):
    code = CodeField(max_length=64)
