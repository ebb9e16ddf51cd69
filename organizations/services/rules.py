"""An organization's rules over its own resources: made, changed, deleted.

A rule is policy: it asks a person for a fresh proof, and nobody makes, changes or deletes one about actions beyond
their own permissions. Rules with a `*` are an owner's, since nobody else covers what apps will invent.
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from core.errors import Conflict, NotFound, ValidationFailed
from organizations import conditions
from organizations.events.rules import RuleChanged, RuleCreated, RuleDeleted
from organizations.models import AccessRule
from organizations.permission_names import is_well_formed
from organizations.permissions import Granted, Permission
from organizations.services import access
from organizations.services.access import Access, Actor

MAX_RULES = 200
"""Of one organization: each evaluation decides them all."""
MAX_ACTIONS = 50
_PATTERN = re.compile(r"\*|[a-z][a-z0-9_.-]*:\*")


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a rule says; None: as it is, in a new one the standard."""

    name: str | None = None
    description: str | None = None
    effect: str | None = None
    actions: list[str] | None = None
    condition: Any = None
    is_enabled: bool | None = None

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


def list_of(actor: Actor, organization_id: UUID, *, now: datetime) -> QuerySet[AccessRule]:
    """All rules by name; their order decides nothing."""
    access.look(actor, organization_id, Permission.POLICY_READ, now=now)
    return of(organization_id)


def get(actor: Actor, organization_id: UUID, rule_id: UUID, *, now: datetime) -> AccessRule:
    """Raises `NotFound`, also for another organization's rule."""
    access.look(actor, organization_id, Permission.POLICY_READ, now=now)
    return _find(of(organization_id), rule_id)


@transaction.atomic
def create(*, actor: Actor, organization_id: UUID, facts: RuleFacts, now: datetime) -> AccessRule:
    """Raises `ValidationFailed` with the place of the mistake, `NotAllowed`, `Conflict`, `ReauthenticationRequired`."""
    acting = _enter(actor, organization_id, now=now)
    rule = AccessRule(
        organization_id=organization_id,
        **_valid(facts.given(), of(organization_id)),
        created_at=now,
        updated_at=now,
    )
    _require_covers(acting, rule.actions)
    _require_free_name(rule)
    if of(organization_id).count() >= MAX_RULES:
        sentence = _("An organization may have {n} rules.").format(n=MAX_RULES)
        raise Conflict(sentence, reason="too_many_rules")
    rule.save(force_insert=True)
    audit.record(
        RuleCreated(**acting.for_audit, **_said(rule), effect=rule.effect, actions=tuple(rule.actions))
    )
    return rule


@transaction.atomic
def change(
    *, actor: Actor, organization_id: UUID, rule_id: UUID, facts: RuleFacts, now: datetime
) -> AccessRule:
    """Raises as `create` does, and `NotFound`."""
    acting = _enter(actor, organization_id, now=now)
    rule = _find(of(organization_id), rule_id)
    _require_covers(acting, rule.actions)
    asked = _valid(facts.given(), of(organization_id).exclude(id=rule_id))
    changes = {name: value for name, value in asked.items() if value != getattr(rule, name)}
    for name, value in changes.items():
        setattr(rule, name, value)
    _require_covers(acting, rule.actions)
    if changes:
        _require_free_name(rule)
        rule.updated_at = now
        rule.save(update_fields=[*changes, "updated_at"])
        audit.record(RuleChanged(**acting.for_audit, **_said(rule), fields=tuple(sorted(changes))))
    return rule


@transaction.atomic
def delete(*, actor: Actor, organization_id: UUID, rule_id: UUID, now: datetime) -> None:
    """Raises `NotFound`, `NotAllowed`, `ReauthenticationRequired`."""
    acting = _enter(actor, organization_id, now=now)
    rule = _find(of(organization_id), rule_id)
    _require_covers(acting, rule.actions)
    said: dict[str, Any] = {**_said(rule), "effect": rule.effect, "actions": tuple(rule.actions)}
    rule.delete()
    audit.record(RuleDeleted(**acting.for_audit, **said))


def of(organization_id: UUID) -> QuerySet[AccessRule]:
    rows: QuerySet[AccessRule] = AccessRule.objects.filter(organization_id=organization_id)
    return rows.order_by("name", "id")


def _enter(actor: Actor, organization_id: UUID, *, now: datetime) -> Access:
    acting = access.enter(actor, organization_id, Permission.POLICY_MANAGE, now=now)
    acting.require_person(now=now)
    return acting


def _valid(given: dict[str, Any], others: QuerySet[AccessRule]) -> dict[str, Any]:
    """The facts in the form they are kept; raises `ValidationFailed`. `others`: the organization's other rules."""
    if "condition" in given:
        try:
            conditions.check(given["condition"], beside=others.values_list("condition", flat=True))
        except conditions.BadCondition as error:
            details = {"condition": [str(error)]}
            raise ValidationFailed(str(error), reason="bad_condition", details=details) from None
    if "actions" in given:
        given["actions"] = sorted(set(given["actions"]))
        _check_actions(given["actions"])
    return given


def _check_actions(actions: list[str]) -> None:
    bad = [action for action in actions if not (is_well_formed(action) or _PATTERN.fullmatch(action))]
    if bad or not 0 < len(actions) <= MAX_ACTIONS:
        sentence = _("Name 1 to {n} actions, as in invoices:write, invoices:* or *.").format(n=MAX_ACTIONS)
        raise ValidationFailed(sentence, reason="bad_actions", details={"actions": [sentence]})


def _require_covers(acting: Access, actions: list[str]) -> None:
    """A `*` is in nobody's permissions, so only an owner covers it."""
    acting.require_covers(Granted(frozenset(actions)))


def _require_free_name(rule: AccessRule) -> None:
    if of(rule.organization_id).filter(name=rule.name).exclude(id=rule.id).exists():
        sentence = _("There is a rule with this name already.")
        raise Conflict(sentence, reason="rule_name_taken", details={"name": [sentence]})


def _find(rows: QuerySet[AccessRule], rule_id: UUID) -> AccessRule:
    rule = rows.filter(id=rule_id).first()
    if rule is None:
        raise NotFound(_("There is no such rule."), reason="rule_not_found")
    return rule


def _said(rule: AccessRule) -> dict[str, Any]:
    return {"target_type": "rule", "target_id": str(rule.id), "name": rule.name}
