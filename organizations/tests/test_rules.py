"""Rules are made, changed and deleted by who may, and never about what is beyond them."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.address_cast import NOW, stale_session_of
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired, ValidationFailed
from organizations.factories import make_organization
from organizations.models import AccessRule, ApiKey
from organizations.services import rules
from organizations.services.access import Actor
from organizations.services.rules import RuleFacts
from organizations.tests.role_cast import Acme, acme_of, actor, app_permission

WRITE = "invoices:write"
CONDITION = {"equals": [{"attr": "subject.department"}, "finance"]}


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    """bob manages policies, and may write invoices."""
    app_permission()
    return acme_of(alice, bob, "policy:read", "policy:manage", WRITE)


def facts(**changes: Any) -> RuleFacts:
    return RuleFacts(
        **{"name": "Finance", "effect": "allow", "actions": [WRITE], "condition": CONDITION, **changes}
    )


def create(acme: Acme, user: User, **changes: Any) -> AccessRule:
    return rules.create(**acme.by(user), facts=facts(**changes))


def test_a_rule_is_made_changed_and_deleted(acme: Acme) -> None:
    rule = create(acme, acme.bob)
    assert (rule.actions, rule.condition, rule.is_enabled) == ([WRITE], CONDITION, True)
    changed = rules.change(
        **acme.by(acme.bob), rule_id=rule.id, facts=RuleFacts(is_enabled=False, name="Finance")
    )
    assert changed.is_enabled is False
    rules.delete(**acme.by(acme.bob), rule_id=rule.id)
    assert not AccessRule.objects.exists()
    events = Event.objects.filter(target_id=str(rule.id)).order_by("seq")
    assert [event.action for event in events] == ["rule.created", "rule.changed", "rule.deleted"]
    assert events[1].data["fields"] == ["is_enabled"]


@pytest.mark.parametrize("effect", ["allow", "deny"])
@pytest.mark.parametrize("actions", [["*"], ["invoices:*"], [WRITE, "invoices:delete"], ["member:remove"]])
def test_nobody_rules_beyond_their_own_permissions(acme: Acme, effect: str, actions: list[str]) -> None:
    with pytest.raises(NotAllowed):
        create(acme, acme.bob, effect=effect, actions=actions)
    by_alice = create(acme, acme.alice, effect=effect, actions=actions)
    by_bob = {**acme.by(acme.bob), "rule_id": by_alice.id}
    for act in (
        lambda: rules.change(**by_bob, facts=RuleFacts(is_enabled=False)),
        lambda: rules.change(**by_bob, facts=RuleFacts(actions=[WRITE])),
        lambda: rules.delete(**by_bob),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.reason == "beyond_own_permissions"
    own = create(acme, acme.bob, name="Own")
    with pytest.raises(NotAllowed):
        rules.change(**acme.by(acme.bob), rule_id=own.id, facts=RuleFacts(actions=actions))
    own.refresh_from_db()
    assert own.actions == [WRITE]


def test_a_mistake_in_a_condition_is_named_by_its_place(acme: Acme) -> None:
    with pytest.raises(ValidationFailed) as refused:
        create(acme, acme.alice, condition={"all": [CONDITION, {"equals": [1]}]})
    assert refused.value.reason == "bad_condition"
    assert refused.value.details["condition"][0].startswith("condition.all[1].equals:")
    assert not AccessRule.objects.exists()


@pytest.mark.parametrize("actions", [[], ["write"], ["*:write"], ["invoices:w*"], ["Invoices:write"]])
def test_actions_have_a_form(acme: Acme, actions: list[str]) -> None:
    with pytest.raises(ValidationFailed):
        create(acme, acme.alice, actions=actions)


def test_a_name_belongs_to_one_rule(acme: Acme) -> None:
    create(acme, acme.alice)
    with pytest.raises(Conflict):
        create(acme, acme.alice)
    other = create(acme, acme.alice, name="Other")
    with pytest.raises(Conflict):
        rules.change(**acme.by(acme.alice), rule_id=other.id, facts=RuleFacts(name="Finance"))


def test_rules_ask_a_person_for_a_fresh_proof(acme: Acme) -> None:
    stale = {**acme.by(acme.alice), "actor": Actor.of_session(stale_session_of(acme.alice))}
    with pytest.raises(ReauthenticationRequired):
        rules.create(**stale, facts=facts())
    key = ApiKey.objects.create(
        organization=acme.organization, user=acme.alice, name="k", hint="", secret_hash="h",
        scopes=["policy:manage", WRITE], created_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(NotAllowed) as refused:
        rules.create(**{**acme.by(acme.alice), "actor": Actor(user=acme.alice, key=key)}, facts=facts())
    assert refused.value.reason == "person_required"


def test_who_reads_and_who_is_outside(acme: Acme, charlie: User) -> None:
    rule = create(acme, acme.alice)
    assert list(rules.list_of(actor(acme.bob), acme.id, now=NOW)) == [rule]
    with pytest.raises(NotFound):
        rules.list_of(actor(charlie), acme.id, now=NOW)
    with pytest.raises(NotFound):
        rules.delete(**acme.by(charlie), rule_id=rule.id)
    elsewhere = make_organization(charlie)
    with pytest.raises(NotFound):
        rules.get(actor(charlie), elsewhere.id, rule.id, now=NOW)
    with pytest.raises(NotFound):
        rules.change(
            actor=actor(charlie), organization_id=elsewhere.id, rule_id=rule.id, facts=facts(), now=NOW
        )


def test_an_organization_has_room_for_two_hundred(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_RULES", 1)
    create(acme, acme.alice)
    with pytest.raises(Conflict):
        create(acme, acme.alice, name="Second")
