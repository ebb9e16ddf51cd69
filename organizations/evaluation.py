"""How rules and roles decide together: a pure function, without tables.

A rule that denies wins. Then one that allows. Then what the roles allow. Else no. In which order the rules come
changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from organizations import conditions
from organizations.models import AccessRule
from organizations.permissions import Granted

Seen = Literal["matched", "disabled", "other_action", "condition_false"]


@dataclass(frozen=True, slots=True)
class Trace:
    """One rule: whether it matched, or why not."""

    rule: AccessRule
    outcome: Seen
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """`kind` of what decided: a rule, the roles, or nothing at all (then no)."""

    is_allowed: bool
    kind: Literal["rule", "role", "default"]
    rule: AccessRule | None = None
    trace: list[Trace] = field(default_factory=list)


def decide(
    action: str, rules: Iterable[AccessRule], granted: Granted, attributes: dict[str, Any]
) -> Decision:
    """Whether the action is allowed, what decided it, and each rule by name with what became of it."""
    trace = [
        _seen(rule, action, attributes) for rule in sorted(rules, key=lambda rule: (rule.name, str(rule.id)))
    ]
    matched = [seen.rule for seen in trace if seen.outcome == "matched"]
    for effect in (AccessRule.Effect.DENY, AccessRule.Effect.ALLOW):
        deciding = next((rule for rule in matched if rule.effect == effect), None)
        if deciding is not None:
            return Decision(effect == AccessRule.Effect.ALLOW, "rule", deciding, trace)
    if granted.has(action):
        return Decision(True, "role", trace=trace)
    return Decision(False, "default", trace=trace)


def names(patterns: Iterable[str], action: str) -> bool:
    """Whether one of a rule's actions is this one: `*`, `invoices:*` or `invoices:write`."""
    resource = action.split(":")[0]
    return any(pattern in ("*", f"{resource}:*", action) for pattern in patterns)


def _seen(rule: AccessRule, action: str, attributes: dict[str, Any]) -> Trace:
    if not rule.is_enabled:
        return Trace(rule, "disabled")
    if not names(rule.actions, action):
        return Trace(rule, "other_action")
    outcome = conditions.decide(rule.condition, attributes)
    return Trace(rule, "matched" if outcome.is_true else "condition_false", tuple(outcome.because))
