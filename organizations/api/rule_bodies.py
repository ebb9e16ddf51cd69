"""Bodies of rules, checks and evaluations."""

from typing import Any

from rest_framework import serializers

from core.api.lists import list_of
from core.api.serializers import ShownModelSerializer, StrictSerializer, TrueOrFalse
from organizations.evaluation import Decision, Trace
from organizations.models import AccessRule
from organizations.permission_names import MAX_LENGTH, PATTERN
from organizations.services.checks import About
from organizations.services.evaluations import Answer
from organizations.services.rules import MAX_ACTIONS

MANY = 100
EFFECTS = AccessRule.Effect.choices
ACTION = PATTERN.removesuffix("$") + r"\Z"


class AboutInput(StrictSerializer):
    """At most one of the two; without both the question is about the caller."""

    member_id = serializers.UUIDField(required=False, help_text="Another member; needs member:read.")
    user_id = serializers.UUIDField(
        required=False,
        help_text="The same by the person's id, as the `sub` of tokens; instead of `member_id`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if {"member_id", "user_id"} <= set(attrs):
            raise serializers.ValidationError({"user_id": ["Send a member_id or a user_id, not both."]})
        return attrs


class CheckInput(AboutInput):
    """Whether the caller has a permission, or the one member who is named."""

    permission = serializers.RegexField(ACTION, max_length=MAX_LENGTH)


class CheckOutput(serializers.Serializer[Any]):
    permission = serializers.CharField()
    allowed = serializers.BooleanField()


class CheckManyInput(AboutInput):
    """The same for many permissions."""

    permissions = serializers.ListField(
        child=serializers.RegexField(ACTION, max_length=MAX_LENGTH), min_length=1, max_length=MANY
    )


class CheckManyOutput(serializers.Serializer[Any]):
    results = serializers.DictField(child=serializers.BooleanField(), help_text="By permission.")


class MineOutput(serializers.Serializer[Any]):
    is_owner = serializers.BooleanField(help_text="Owners may everything, what apps will define included.")
    permissions = serializers.ListField(child=serializers.CharField())


class ConditionField(serializers.JSONField):
    """An object; `organizations.conditions` judges the rest."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise serializers.ValidationError("Send an object; {} is always true.")
        return data


class RuleChangeInput(StrictSerializer):
    name = serializers.CharField(max_length=100, required=False)
    description = serializers.CharField(max_length=200, allow_blank=True, required=False)
    effect = serializers.ChoiceField(choices=EFFECTS, required=False)
    actions = serializers.ListField(
        child=serializers.CharField(max_length=MAX_LENGTH), max_length=MAX_ACTIONS, required=False
    )
    condition = ConditionField(required=False)
    is_enabled = TrueOrFalse(required=False)


class RuleInput(RuleChangeInput):
    """`actions`: invoices:write, invoices:* or *. `condition`: see docs/roles.md."""

    name = serializers.CharField(max_length=100)
    effect = serializers.ChoiceField(choices=EFFECTS)
    actions = serializers.ListField(
        child=serializers.CharField(max_length=MAX_LENGTH), min_length=1, max_length=MAX_ACTIONS
    )


class RuleOutput(ShownModelSerializer[AccessRule]):
    class Meta:
        model = AccessRule
        fields = (
            *("id", "name", "description", "effect", "actions", "condition", "is_enabled"),
            *("created_at", "updated_at"),
        )


RuleListOutput = list_of(RuleOutput)


class FactsField(serializers.JSONField):
    """Attributes: an object."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise serializers.ValidationError("Send an object.")
        return data


class SubjectInput(AboutInput):
    """Who acts: the caller, or the one member who is named."""

    attributes = FactsField(required=False, help_text="What Janua does not know of them.")


class EvaluateInput(StrictSerializer):
    """`resource` and `context` (the request) hold what rules may ask for: `resource.owner`, `request.ip`."""

    action = serializers.RegexField(ACTION, max_length=MAX_LENGTH)
    resource = FactsField(required=False)
    context = FactsField(required=False)  # type: ignore[assignment]  # DRF takes fields out of the class
    subject = SubjectInput(required=False)


class DecidedByOutput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["rule", "role", "default"])
    rule_id = serializers.UUIDField(required=False)
    name = serializers.CharField(required=False)
    roles = serializers.ListField(child=serializers.CharField(), required=False)


class TraceOutput(serializers.Serializer[Any]):
    rule_id = serializers.UUIDField()
    name = serializers.CharField()
    effect = serializers.ChoiceField(choices=EFFECTS)
    outcome = serializers.ChoiceField(choices=["matched", "disabled", "other_action", "condition_false"])
    because = serializers.ListField(child=serializers.CharField())


class EvaluateOutput(serializers.Serializer[Any]):
    """`trace` and the rule that decided are shown to who has policy:read."""

    allowed = serializers.BooleanField()
    decided_by = DecidedByOutput()
    trace = TraceOutput(many=True)


def about_in(body: dict[str, Any]) -> About:
    """`AboutInput`."""
    return About(member_id=body.get("member_id"), user_id=body.get("user_id"))


def answer_body(answer: Answer) -> dict[str, Any]:
    decision = answer.decision
    return {
        "allowed": decision.is_allowed,
        "decided_by": _decided_by(answer, decision),
        "trace": [_trace_body(seen) for seen in decision.trace] if answer.may_see_rules else [],
    }


def _decided_by(answer: Answer, decision: Decision) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": decision.kind}
    if decision.rule is not None and answer.may_see_rules:
        body |= {"rule_id": str(decision.rule.id), "name": decision.rule.name}
    if decision.kind == "role":
        body["roles"] = sorted(role.key for role in answer.deciding_roles)
    return body


def _trace_body(seen: Trace) -> dict[str, Any]:
    return {
        "rule_id": str(seen.rule.id),
        "name": seen.rule.name,
        "effect": seen.rule.effect,
        "outcome": seen.outcome,
        "because": list(seen.because),
    }
