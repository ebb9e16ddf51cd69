"""The forms of keys and service accounts. The services judge what they say, as at every door."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.identifiers import find_uuid
from organizations.models import Role, ServiceAccount
from organizations.pages.permission_words import words_of
from organizations.services.api_keys import NewKey

LIVES = (("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year")), ("", _("Until it is revoked")))
OVERLAPS = (("0", _("Not at all")), ("1", _("1 hour")), ("24", _("1 day")), ("168", _("7 days")))


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Which program uses it, such as “Nightly export”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    owner = forms.ChoiceField(
        label=_("Who it acts for"),
        required=False,
        help_text=_("A service account stays when people leave."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the key may do.")},
    )
    days = forms.ChoiceField(label=_("How long it works"), required=False, choices=LIVES, initial="90")
    networks = forms.CharField(
        label=_("Networks"),
        required=False,
        max_length=2000,
        help_text=_("One in each line, such as 192.0.2.0/24. Without, the key works from everywhere."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(
        self,
        *args: Any,
        scopes: Iterable[str],
        accounts: Iterable[ServiceAccount],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["scopes"].choices = [(scope, words_of(scope)) for scope in scopes]
        fields["owner"].choices = [("", _("Me")), *((str(each.id), each.name) for each in accounts)]
        if most := settings.JANUA.api_key_max_days:
            within = [(days, words) for days, words in LIVES if days and int(days) <= most]
            fields["days"].choices = within or [("", _("As long as keys may here"))]
            fields["days"].initial = fields["days"].choices[-1][0]

    def asked(self, *, now: datetime) -> NewKey:
        """What the form asks of the service."""
        said = self.cleaned_data
        days = said["days"]
        owner: UUID | None = find_uuid(said["owner"])
        return NewKey(
            name=said["name"],
            scopes=said["scopes"],
            networks=said["networks"].split(),
            expires_at=now + timedelta(days=int(days)) if days else None,
            service_account_id=owner,
        )


class RotateForm(forms.Form):
    overlap_hours = forms.TypedChoiceField(
        label=_("How long the present secret goes on working"), choices=OVERLAPS, coerce=int, initial="24"
    )


class ServiceAccountForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    description = forms.CharField(
        label=_("What it is for"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), help_text=_("Its keys never may more."))

    def __init__(self, *args: Any, roles: Iterable[Role], **more: Any) -> None:
        super().__init__(*args, **more)
        role_field: Any = self.fields["role"]
        role_field.choices = [(role.key, role.title) for role in roles]
