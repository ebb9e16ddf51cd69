"""What people fill in about organizations and their members."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations import slugs

SLUG_INPUT = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}


class OrganizationForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    slug = forms.CharField(
        label=_("Name in addresses"),
        max_length=slugs.MAX_LENGTH,
        required=False,
        help_text=_("Letters from a to z, digits and single hyphens."),
        widget=forms.TextInput(attrs=SLUG_INPUT),
    )


class SettingsForm(OrganizationForm):
    """An organization that is there has a slug."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = True
        self.fields["slug"].help_text = _(
            "Letters from a to z, digits and single hyphens. Addresses with the old name lead nowhere."
        )


class LogoForm(forms.Form):
    """It stands beside other forms: its ids are its own."""

    picture = forms.FileField(
        label=_("New logo"),
        max_length=255,
        help_text=_("PNG, JPEG, WebP or GIF, at most 1 MB. People see it in 256 by 256 pixels at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="id_logo_%s")


class MemberSearchForm(forms.Form):
    search = forms.CharField(
        label=_("Name or email address"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class HandOverForm(forms.Form):
    email = forms.CharField(
        label=_("Email address of the member who takes over"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class OrganizationDeletionForm(forms.Form):
    """The slug, typed once more."""

    slug = forms.CharField(
        label=_("To confirm, type the name in addresses"),
        max_length=200,
        widget=forms.TextInput(attrs=SLUG_INPUT),
    )
