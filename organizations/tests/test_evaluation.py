"""Rules and roles decide together: deny wins, the order decides nothing, and it is said why."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.tests.address_cast import NOW
from core.errors import NotAllowed, NotFound
from organizations import evaluation
from organizations.factories import join, make_organization
from organizations.models import AccessRule, Group, GroupMember, Organization
from organizations.permissions import NOTHING, Granted
from organizations.services import evaluations
from organizations.services.checks import About
from organizations.services.evaluations import Answer, Question
from organizations.tests.role_cast import Acme, acme_of, actor, app_permission

ALLOW, DENY = AccessRule.Effect.ALLOW, AccessRule.Effect.DENY
WRITE = "invoices:write"
SMALL = {"less": [{"attr": "resource.amount"}, 100]}


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    """bob may write invoices, by his role."""
    app_permission()
    return acme_of(alice, bob, WRITE)


def rule(
    acme: Acme, effect: str, *actions: str, condition: Any = None, name: str = "", **facts: Any
) -> AccessRule:
    made: AccessRule = AccessRule.objects.create(
        organization=acme.organization, name=name or f"{effect} {actions}", effect=effect,
        actions=list(actions), condition=condition or {}, created_at=NOW, updated_at=NOW, **facts,
    )  # fmt: skip
    return made


def ask(acme: Acme, user: User, action: str = WRITE, **question: Any) -> Answer:
    asked = Question(action, **question)
    return evaluations.evaluate(actor=actor(user), organization_id=acme.id, question=asked, now=NOW)


def outcome(answer: Answer) -> tuple[bool, str, str]:
    decision = answer.decision
    return decision.is_allowed, decision.kind, decision.rule.name if decision.rule else ""


def test_without_rules_the_role_decides(acme: Acme) -> None:
    answer = ask(acme, acme.bob)
    assert outcome(answer) == (True, "role", "")
    assert [role.key for role in answer.deciding_roles] == [acme.member.role.key]
    assert outcome(ask(acme, acme.bob, "invoices:delete")) == (False, "default", "")


def test_a_rule_allows_what_no_role_does(acme: Acme) -> None:
    rule(acme, ALLOW, "invoices:pay", condition=SMALL, name="Small sums")
    assert outcome(ask(acme, acme.bob, "invoices:pay", resource={"amount": 99})) == (
        True,
        "rule",
        "Small sums",
    )
    refused = ask(acme, acme.bob, "invoices:pay", resource={"amount": 100})
    assert outcome(refused) == (False, "default", "")
    [seen] = refused.decision.trace
    assert (seen.outcome, seen.because) == ("condition_false", ("condition.less: not so",))


def test_deny_wins_over_rules_and_roles_and_owners(acme: Acme) -> None:
    rule(acme, ALLOW, "*", name="A")
    rule(acme, DENY, "invoices:*", name="B")
    for user in (acme.bob, acme.alice):
        assert outcome(ask(acme, user)) == (False, "rule", "B")
    assert outcome(ask(acme, acme.bob, "reports:read")) == (True, "rule", "A")


def test_what_is_missing_makes_a_rule_silent_and_is_said(acme: Acme) -> None:
    rule(acme, DENY, WRITE, condition={"equals": [{"attr": "subject.department"}, "guests"]})
    answer = ask(acme, acme.bob)
    assert outcome(answer)[:2] == (True, "role")
    assert answer.decision.trace[0].because == ("condition.equals: subject.department is missing",)
    assert outcome(ask(acme, acme.bob, subject={"department": "guests"}))[0] is False


def test_disabled_and_other_rules_are_traced_too(acme: Acme) -> None:
    rule(acme, DENY, WRITE, name="Off", is_enabled=False)
    rule(acme, DENY, "invoices:delete", name="Other")
    trace = ask(acme, acme.bob).decision.trace
    assert [(seen.rule.name, seen.outcome) for seen in trace] == [
        ("Off", "disabled"),
        ("Other", "other_action"),
    ]


def test_janua_knows_the_subject_better_than_the_app(acme: Acme) -> None:
    group = Group.objects.create(organization=acme.organization, name="Sales", created_at=NOW, updated_at=NOW)
    GroupMember.objects.create(group=group, membership=acme.member, created_at=NOW)
    known = [
        {"equals": [{"attr": "subject.id"}, str(acme.bob.id)]},
        {"equals": [{"attr": "subject.email"}, acme.bob.email]},
        {"equals": [{"attr": "subject.role"}, acme.member.role.key]},
        {"contains": [{"attr": "subject.groups"}, "Sales"]},
        {"greater": [{"attr": "request.time"}, "2026-11-24T11:59:59Z"]},
    ]
    rule(acme, ALLOW, "x:y", condition={"all": known})
    forged = {"id": "x", "email": "x", "role": "owner", "groups": []}
    assert outcome(ask(acme, acme.bob, "x:y", subject=forged))[0] is True
    assert outcome(ask(acme, acme.alice, "x:y", subject=forged))[1] == "role"
    for about in (About(member_id=acme.member.id), About(user_id=acme.bob.id)):
        assert outcome(ask(acme, acme.alice, "x:y", about=about))[:2] == (True, "rule")


def test_only_who_may_read_rules_sees_them(acme: Acme) -> None:
    assert ask(acme, acme.alice).may_see_rules
    assert not ask(acme, acme.bob).may_see_rules


def test_where_nobody_works_no_rule_allows(acme: Acme) -> None:
    rule(acme, ALLOW, "*")
    Organization.objects.filter(id=acme.id).update(suspended_at=NOW)
    assert outcome(ask(acme, acme.alice)) == (False, "default", "")


def test_rules_of_others_decide_nothing_here(acme: Acme, charlie: User) -> None:
    elsewhere = make_organization(charlie)
    AccessRule.objects.create(
        organization=elsewhere, name="x", effect=DENY, actions=["*"], created_at=NOW, updated_at=NOW
    )
    assert ask(acme, acme.bob).decision.trace == []
    with pytest.raises(NotFound):
        ask(acme, charlie)
    with pytest.raises(NotFound):
        ask(acme, acme.alice, about=About(member_id=join(elsewhere, acme.bob).id))


def test_to_ask_about_others_one_must_see_members(acme: Acme, charlie: User) -> None:
    from organizations.factories import make_role

    join(acme.organization, charlie, make_role(acme.organization, "organization:read"))
    with pytest.raises(NotAllowed):
        ask(acme, charlie, about=About(member_id=acme.member.id))


def test_rules_cost_one_statement(acme: Acme, django_assert_num_queries: Any) -> None:
    for index in range(10):
        rule(acme, ALLOW, WRITE, name=str(index))
    who, asked = actor(acme.bob), Question(WRITE)
    with django_assert_num_queries(5):
        evaluations.evaluate(actor=who, organization_id=acme.id, question=asked, now=NOW)


conditions_of = st.sampled_from([{}, SMALL, {"not": SMALL}, {"equals": [{"attr": "subject.x"}, 1]}])
patterns = st.lists(st.sampled_from(["*", "a:*", "a:b", "a:c", "d:*"]), min_size=1, max_size=3)
rules_of = st.lists(
    st.builds(
        AccessRule,
        name=st.text("xyz", max_size=2),
        effect=st.sampled_from([ALLOW, DENY]),
        actions=patterns,
        condition=conditions_of,
        is_enabled=st.booleans(),
    ),
    max_size=6,
)
granted_to = st.sampled_from([NOTHING, Granted(frozenset({"a:b"})), Granted(is_owner=True)])
amounts = st.sampled_from([{}, {"amount": 5}, {"amount": 500}, {"amount": "5"}])
thorough = settings(max_examples=300, deadline=None, derandomize=True, database=None)


@thorough
@given(rules_of, granted_to, amounts, st.randoms(use_true_random=False))
def test_deny_wins_and_the_order_decides_nothing(
    rules: list[AccessRule], granted: Granted, resource: dict[str, Any], chance: random.Random
) -> None:
    attributes = {"resource": resource}
    decision = evaluation.decide("a:b", rules, granted, attributes)
    effects = {seen.rule.effect for seen in decision.trace if seen.outcome == "matched"}
    expected = False if DENY in effects else (ALLOW in effects or granted.has("a:b"))
    assert decision.is_allowed is expected
    assert len(decision.trace) == len(rules)
    shuffled = list(rules)
    chance.shuffle(shuffled)
    assert evaluation.decide("a:b", shuffled, granted, attributes) == decision
