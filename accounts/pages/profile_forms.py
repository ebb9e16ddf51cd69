"""Forms of the profile, the picture and the preferences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import choices, preferences, profile_rules
from accounts.models import User


def _text(label: Any, autocomplete: str, *, max_length: int = 100, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=max_length, required=False, widget=widget, **more)


class ProfileForm(forms.Form):
    given_name = _text(_("First name"), "given-name")
    family_name = _text(_("Last name"), "family-name")
    nickname = _text(_("What friends call you"), "nickname")
    website = _text(
        _("Website"),
        "url",
        max_length=profile_rules.MAX_URL,
        help_text=_("Begins with https://"),
        validators=[profile_rules.web_address],
    )
    profile_url = _text(
        _("Page about you"),
        "off",
        max_length=profile_rules.MAX_URL,
        help_text=_("Begins with https://"),
        validators=[profile_rules.web_address],
    )
    gender = _text(_("Gender"), "sex", max_length=profile_rules.MAX_GENDER, help_text=_("In your own words."))
    birthdate = _text(
        _("Date of birth"),
        "bday",
        max_length=profile_rules.MAX_BIRTHDATE,
        help_text=_("Such as 1990-04-30, or the year alone."),
        validators=[profile_rules.birthdate],
    )


class AvatarForm(forms.Form):
    picture = forms.FileField(
        label=_("New picture"),
        max_length=255,
        help_text=_("PNG, JPEG, WebP or GIF, at most 1 MB. The middle of it is shown, as a square."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )


class PreferencesForm(forms.Form):
    """Language and time zone belong to the profile, which apps may see; the rest is between the person and us."""

    locale = forms.ChoiceField(label=_("Language"), required=False)
    timezone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Times on these pages are shown in it.")
    )
    theme = forms.ChoiceField(
        label=_("Appearance"),
        choices=(("auto", _("As my device is set")), ("light", _("Light")), ("dark", _("Dark"))),
    )
    newsletter = forms.BooleanField(label=_("Tell me by email what is new here"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kept = preferences.whole(user.preferences)
        initial = {name: kept[name] for name in preferences.DEFAULTS}
        initial |= {"locale": user.locale, "timezone": user.timezone}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["locale"].choices = choices.languages(user.locale)  # type: ignore[attr-defined]
        self.fields["timezone"].choices = choices.time_zones(user.timezone)  # type: ignore[attr-defined]

    @property
    def of_profile(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("locale", "timezone")}

    @property
    def of_preferences(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in preferences.DEFAULTS}
