"""Fields that forms of several apps share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeField(forms.CharField):
    """A code out of a mail or an SMS. People type "123 456"."""

    def __init__(self, *, max_length: int = 16) -> None:
        widget = forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        )
        super().__init__(label=_("Code"), max_length=max_length, widget=widget)

    def to_python(self, value: Any) -> str:
        return "".join(str(super().to_python(value)).split())
