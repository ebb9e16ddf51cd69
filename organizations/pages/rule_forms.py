"""The forms of rules: JSON where it has to be JSON, with an example and the place of each mistake."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from organizations.models import AccessRule
from organizations.pages.role_forms import line
from organizations.permission_names import MAX_LENGTH, is_well_formed
from organizations.services.evaluations import Question
from organizations.services.rules import RuleFacts

MAX_JSON = 20_000
EFFECTS = ((AccessRule.Effect.ALLOW.value, _("Allow")), (AccessRule.Effect.DENY.value, _("Refuse")))


class ObjectField(forms.CharField):
    """A JSON object; empty: an empty one."""

    def __init__(self, *, label: Any, help_text: Any = "", rows: int = 4) -> None:
        attrs = {"rows": rows, "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
        widget = forms.Textarea(attrs=attrs)
        super().__init__(label=label, help_text=help_text, required=False, max_length=MAX_JSON, widget=widget)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "{}")
        try:
            found = json.loads(text, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            sentence = _now("This is no JSON: line {line}, column {column}.")
            raise forms.ValidationError(sentence.format(line=error.lineno, column=error.colno)) from None
        except (RecursionError, ValueError):
            raise forms.ValidationError(_now("This is no JSON that can be read here.")) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(_now("Write an object, in braces: {…}."))
        return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


class RuleForm(forms.Form):
    name = line(_("Name"), max_length=100)
    description = line(_("Description"), max_length=200, required=False)
    effect = forms.ChoiceField(label=_("What it does"), choices=EFFECTS)
    actions = forms.CharField(
        label=_("Actions"),
        max_length=6000,
        help_text=_("One in each line: invoices:write, invoices:* or *."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )
    condition = ObjectField(label=_("Condition"), help_text=_("Empty: always."), rows=8)
    is_enabled = forms.BooleanField(label=_("In force"), required=False, initial=True)

    @classmethod
    def initial_of(cls, rule: AccessRule) -> dict[str, Any]:
        shown = {name: getattr(rule, name) for name in ("name", "description", "effect", "is_enabled")}
        condition = json.dumps(rule.condition, indent=2, ensure_ascii=False) if rule.condition else ""
        return {**shown, "actions": "\n".join(rule.actions), "condition": condition}

    @property
    def facts(self) -> RuleFacts:
        return RuleFacts(**{**self.cleaned_data, "actions": self.cleaned_data["actions"].split()})


class TryForm(forms.Form):
    action = line(_("Action"), max_length=MAX_LENGTH, help_text=_("For example invoices:write."))
    email = forms.CharField(
        label=_("Email address of a member"),
        required=False,
        max_length=254,
        help_text=_("Empty: you."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    resource = ObjectField(label=_("The resource"), help_text=_('As in {"amount": 99}'))
    context = ObjectField(label=_("The request"), help_text=_('As in {"ip": "192.0.2.1"}'))
    attributes = ObjectField(label=_("More about the person"), help_text=_('As in {"department": "finance"}'))

    def clean_action(self) -> str:
        action = str(self.cleaned_data["action"])
        if not is_well_formed(action):
            raise forms.ValidationError(_now("Write it as resource:action, in small letters."))
        return action

    @property
    def question(self) -> Question:
        data = self.cleaned_data
        return Question(data["action"], data["resource"], data["context"], data["attributes"])
