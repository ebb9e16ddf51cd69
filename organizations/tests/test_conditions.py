"""Conditions: what they say, and where a mistake in one is."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organizations import conditions
from organizations.conditions import BadCondition

ATTRIBUTES = {
    "subject": {"department": "finance", "level": 3, "teams": ["a", "b"], "admin": True, "nothing": None},
    "resource": {"amount": 100.5, "title": "Invoice 7", "at": "2026-11-26T10:00:00+01:00", "odd": {"x": 1}},
    "request": {"ip": "10.1.2.3", "ip6": "2001:db8::1", "mapped": "::ffff:10.1.2.3", "time": "2026-11-26T09:00:00Z"},
}  # fmt: skip


def attr(name: str) -> dict[str, str]:
    return {"attr": name}


def holds(condition: Any) -> bool:
    conditions.check(condition)
    return conditions.decide(condition, ATTRIBUTES).is_true


DEPARTMENT, LEVEL, TEAMS = attr("subject.department"), attr("subject.level"), attr("subject.teams")
TRUE = {"equals": [1, 1]}
FALSE = {"equals": [1, 2]}


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"equals": [DEPARTMENT, "finance"]},
        {"equals": [LEVEL, 3.0]},
        {"equals": [attr("subject.admin"), True]},
        {"in": [DEPARTMENT, ["sales", "finance"]]},
        {"in": ["a", TEAMS]},
        {"contains": [TEAMS, "b"]},
        {"contains": [attr("resource.title"), "voice"]},
        {"starts_with": [attr("resource.title"), "Inv"]},
        {"less": [LEVEL, 4]},
        {"greater": [attr("resource.amount"), 100]},
        {"between": [LEVEL, 3, 3]},
        {"between": [attr("request.time"), attr("resource.at"), "2026-11-26T10:30:00.5+01:00"]},
        {"less": [attr("request.time"), "2026-11-26T09:00:01Z"]},
        {"ip_in": [attr("request.ip"), "10.0.0.0/8"]},
        {"ip_in": [attr("request.ip6"), ["10.0.0.0/8", "2001:db8::/32"]]},
        {"ip_in": [attr("request.mapped"), ["10.0.0.0/8"]]},
        {"all": [TRUE, {"not": FALSE}]},
        {"any": [FALSE, TRUE]},
        {"equals": [attr("resource.odd.x"), 1]},
    ],
)
def test_it_holds(condition: Any) -> None:
    assert holds(condition)


@pytest.mark.parametrize(
    "condition",
    [
        {"equals": [DEPARTMENT, "Finance"]},
        {"equals": [LEVEL, "3"]},
        {"equals": [attr("subject.admin"), 1]},
        {"equals": [TEAMS, "a"]},
        {"in": [DEPARTMENT, []]},
        {"in": [TEAMS, ["a"]]},
        {"in": ["a", DEPARTMENT]},
        {"contains": [LEVEL, "3"]},
        {"starts_with": [attr("resource.title"), "nvoice"]},
        {"less": [LEVEL, 3]},
        {"greater": [LEVEL, "2026-11-26T09:00:00Z"]},
        {"less": [attr("subject.admin"), 5]},
        {"between": [LEVEL, 4, 9]},
        {"between": [LEVEL, 1, 2]},
        {"less": [attr("resource.title"), "2026-11-26T09:00:01Z"]},
        {"ip_in": [attr("request.ip"), "192.168.0.0/16"]},
        {"ip_in": [attr("request.ip6"), "10.0.0.0/8"]},
        {"ip_in": [DEPARTMENT, "10.0.0.0/8"]},
        {"all": [TRUE, FALSE]},
        {"any": [FALSE, FALSE]},
        {"equals": [attr("subject.nothing"), False]},
        {"equals": [attr("subject.department.name"), "finance"]},
    ],
)
def test_it_does_not_hold(condition: Any) -> None:
    assert not holds(condition)


def test_what_is_missing_is_said() -> None:
    condition = {
        "all": [TRUE, {"equals": [attr("subject.rank"), attr("resource.rank")]}, {"less": [DEPARTMENT, 3]}]
    }
    outcome = conditions.decide(condition, ATTRIBUTES)
    assert not outcome.is_true
    assert outcome.because == [
        "condition.all[1].equals: subject.rank, resource.rank is missing",
        "condition.all[2].less: the values cannot be compared like that",
    ]
    assert conditions.decide(condition, {}).because[0].startswith("condition.all[1].equals")


DEEP: Any = TRUE
for _ in range(conditions.MAX_DEPTH):
    DEEP = {"not": DEEP}
MUCH = "x" * conditions.MAX_TEXT


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        (None, "condition"),
        ([], "condition"),
        ("equals", "condition"),
        ({"equals": [1, 1], "in": [1, [1]]}, "condition"),
        ({"__import__": ["os"]}, "condition.__import__"),
        ({"all": []}, "condition.all"),
        ({"all": {}}, "condition.all"),
        ({"all": [TRUE, {}]}, "condition.all[1]"),
        ({"not": [TRUE]}, "condition.not"),
        ({"any": [{"all": [TRUE, {"equals": [1]}]}]}, "condition.any[0].all[1].equals"),
        ({"equals": [1, None]}, "condition.equals[1]"),
        ({"equals": [1, [1]]}, "condition.equals[1]"),
        ({"equals": [1, math.inf]}, "condition.equals[1]"),
        ({"equals": [1, 2**60]}, "condition.equals[1]"),
        ({"equals": [{"attr": "user.name"}, 1]}, "condition.equals[0]"),
        ({"equals": [{"attr": "subject"}, 1]}, "condition.equals[0]"),
        ({"equals": [{"attr": "subject.a.b.c.d.e.f"}, 1]}, "condition.equals[0]"),
        ({"equals": [{"attr": "subject.a", "or": 1}, 1]}, "condition.equals[0]"),
        ({"equals": [{"value": 1}, 1]}, "condition.equals[0]"),
        ({"in": [["a"], ["a"]]}, "condition.in[0]"),
        ({"in": ["a", ["a", {"attr": "subject.x"}]]}, "condition.in[1][1]"),
        ({"in": ["a", ["a"] * 101]}, "condition.in[1]"),
        ({"starts_with": [DEPARTMENT, 3]}, "condition.starts_with[1]"),
        ({"less": [LEVEL, "soon"]}, "condition.less[1]"),
        ({"less": [LEVEL, "2026-11-26T10:00:00"]}, "condition.less[1]"),
        ({"less": [LEVEL, "2026-13-26T10:00:00Z"]}, "condition.less[1]"),
        ({"between": [LEVEL, 1]}, "condition.between"),
        ({"ip_in": [attr("request.ip"), ["10.0.0.0/33"]]}, "condition.ip_in[1][0]"),
        ({"equals": [MUCH + "x", 1]}, "condition.equals[0]"),
        ({"equals": ["\0", 1]}, "condition.equals[0]"),
        ({"all": [TRUE] * 100}, "condition.all[99]"),
        ({"all": [{"in": [DEPARTMENT, [MUCH] * 33]}]}, "condition"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_place(condition: Any, place: str) -> None:
    with pytest.raises(BadCondition) as refused:
        conditions.check(condition)
    assert refused.value.place == place
    assert refused.value.sentence


def test_depth_is_bounded() -> None:
    with pytest.raises(BadCondition):
        conditions.check(DEEP)
    conditions.check(DEEP["not"])


plain = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.sampled_from(
        ["2026-11-26T09:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:60-23:59", "10.0.0.1"]
    ),
)
names = st.sampled_from(["subject.a", "subject.b.c", "resource.a", "request.ip", "request.b"]).map(attr)
operands = st.one_of(plain, names, st.lists(plain, max_size=3))
comparisons = st.one_of(
    *(
        st.fixed_dictionaries({name: st.lists(operands, min_size=size, max_size=size)})
        for name, size in [(name, 3 if name == "between" else 2) for name in conditions.COMPARISONS]
    )
)
expressions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=4)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=4)}),
    ),
    max_leaves=12,
)
anything = st.recursive(
    st.none() | plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c", "ip"]), inner)
    ),
    max_leaves=15,
)
facts = st.dictionaries(st.sampled_from(["subject", "resource", "request"]), anything)
thorough = settings(max_examples=400, deadline=None, derandomize=True, database=None)


def passes(condition: Any) -> bool:
    try:
        conditions.check(condition)
    except BadCondition:
        return False
    return True


@thorough
@given(expressions, facts)
def test_what_passed_is_decided_for_whatever_attributes(condition: Any, attributes: Any) -> None:
    if passes(condition):
        outcome = conditions.decide(condition, attributes)
        assert outcome.is_true or outcome.because or _is_negated(condition)
        assert conditions.decide({"not": condition}, attributes).is_true is not outcome.is_true


def _is_negated(condition: Any) -> bool:
    """Under a `not` a comparison that held has nothing to explain."""
    return "'not'" in repr(condition)


@thorough
@given(anything)
def test_whatever_is_sent_is_taken_or_refused(condition: Any) -> None:
    if passes(condition):
        conditions.decide(condition, {})


@thorough
@given(expressions, expressions, facts)
def test_the_order_of_parts_decides_nothing(left: Any, right: Any, attributes: Any) -> None:
    if passes({"all": [left, right]}):
        for name in ("all", "any"):
            one, other = {name: [left, right]}, {name: [right, left]}
            assert conditions.decide(one, attributes).is_true == conditions.decide(other, attributes).is_true


def test_the_rules_of_an_organization_are_bounded_together() -> None:
    """Else a small request for a decision could keep a worker busy for long."""
    large = {"all": [TRUE] * (conditions.MAX_PARTS - 1)}
    assert conditions.size_of(large) == conditions.MAX_PARTS
    assert conditions.size_of({"not": {"any": [TRUE, FALSE]}}) == 4
    assert conditions.size_of({}) == 1
    others = [large] * (conditions.MAX_PARTS_TOGETHER // conditions.MAX_PARTS - 1)
    conditions.check(large, beside=others)
    with pytest.raises(BadCondition):
        conditions.check(large, beside=[*others, TRUE])


def test_what_is_too_long_to_be_looked_through_is_not_compared() -> None:
    condition = {"contains": [attr("resource.text"), "a"]}
    for length, answer in ((conditions.MAX_READ, True), (conditions.MAX_READ + 1, False)):
        assert conditions.decide(condition, {"resource": {"text": "a" * length}}).is_true is answer
