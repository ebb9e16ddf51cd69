"""The form of a policy: the services judge its values, as at every door."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations import policy_values, sign_in_methods
from organizations.models import OrganizationPolicy

LINES = ("networks", "email_domains")


def _lines(label: Any, help_text: Any) -> forms.CharField:
    attrs = {"rows": 3, "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
    widget = forms.Textarea(attrs=attrs)
    return forms.CharField(label=label, help_text=help_text, max_length=20_000, required=False, widget=widget)


class PolicyForm(forms.Form):
    mfa_required_at = forms.DateField(
        label=_("Two-step sign-in needed from"),
        help_text=_("From this day on, members get in only with a second step or a passkey. Empty: never."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    sign_in_methods = forms.MultipleChoiceField(
        label=_("Ways to sign in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    session_hours = forms.IntegerField(
        label=_("Hours until members sign in again"),
        help_text=_("Empty: as everywhere here."),
        required=False,
        min_value=1,
        max_value=policy_values.MAX_SESSION_HOURS,
    )
    networks = _lines(
        _("Networks"),
        _("One on each line, like 192.0.2.0/24. Members get in from these only. Empty: from everywhere."),
    )
    email_domains = _lines(
        _("Email domains of new members"), _("One on each line, like example.com. Empty: every address.")
    )
    inviters = forms.ChoiceField(
        label=_("Who may invite"),
        choices=[("admins", _("Whoever has a role for that")), ("members", _("All members"))],
    )
    invitation_days = forms.IntegerField(
        label=_("Days that an invitation is good for"),
        min_value=1,
        max_value=policy_values.MAX_INVITATION_DAYS,
    )
    version = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, policy: OrganizationPolicy, version: str, data: Any = None) -> None:
        self.policy = policy
        super().__init__(data, initial={**_shown(policy), "version": version})
        known = sign_in_methods.known()
        switched_off = [(name, name) for name in policy.sign_in_methods if name not in known]
        self.fields["sign_in_methods"].choices = [*known.items(), *switched_off]  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, Any]:
        """As the service takes them. The day that is there already keeps its hour."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        for name in LINES:
            data[name] = data[name].split()
        data["mfa_required_at"] = self._day(data["mfa_required_at"])
        return data

    def _day(self, day: Any) -> datetime | None:
        present = self.policy.mfa_required_at
        if day is None or (present is not None and day == present.date()):
            return None if day is None else present
        return datetime.combine(day, time.min, tzinfo=UTC)


def _shown(policy: OrganizationPolicy) -> dict[str, Any]:
    names = ("sign_in_methods", "session_hours", "inviters", "invitation_days")
    lines = {name: "\n".join(getattr(policy, name)) for name in LINES}
    day = policy.mfa_required_at.date() if policy.mfa_required_at else None
    return {**{name: getattr(policy, name) for name in names}, **lines, "mfa_required_at": day}
