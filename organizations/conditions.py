"""The conditions of rules: small typed expressions as JSON. They compare and nothing else; no code, no loops.

    {"all": [{"equals": [{"attr": "subject.department"}, "finance"]},
             {"between": [{"attr": "resource.amount"}, 1, 5000]},
             {"not": {"ip_in": [{"attr": "request.ip"}, ["10.0.0.0/8"]]}}]}

An operand is a string, a number, true, false, or an attribute; `in` and `ip_in` also take a list. The empty condition
is true. A comparison that lacks an attribute, or meets a value of the wrong type, is false, and `Outcome` says so.
Depth, size and count are bounded (`MAX_…`), so every condition is decided in a moment.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from ipaddress import ip_address, ip_network
from typing import Any

from django.utils.translation import gettext as _

MAX_DEPTH = 8
MAX_PARTS = 100
MAX_PARTS_TOGETHER = 4_000  # of all rules of an organization
MAX_LIST = 100
MAX_TEXT = 500
MAX_SIZE = 16_000
MAX_NUMBER = 2**53
MAX_READ = 10_000  # of a text that an attribute brings: each rule may look through it again
_ATTRIBUTE = re.compile(r"(subject|resource|request)(\.[A-Za-z0-9_-]{1,64}){1,5}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_MISSING = object()

Attributes = Mapping[str, Any]


class BadCondition(Exception):
    """What is wrong with a condition, and where in it: `condition.all[1].equals[0]`."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place}: {sentence}")
        self.place, self.sentence = place, sentence


@dataclass(slots=True)
class Outcome:
    """Whether a condition is true, and each comparison in it that was not, with its reason."""

    is_true: bool = False
    because: list[str] = field(default_factory=list)


def check(condition: Any, *, beside: Iterable[Any] = ()) -> None:
    """Whether it may be saved, `beside` those that are decided with it; raises `BadCondition`. What passes can be decided
    for whatever attributes."""
    _Checker().condition(condition, "condition", depth=1)
    if size_of(condition) + sum(map(size_of, beside)) > MAX_PARTS_TOGETHER:
        raise BadCondition("condition", _("At most {n} parts.").format(n=MAX_PARTS_TOGETHER))
    if len(json.dumps(condition)) > MAX_SIZE:
        raise BadCondition("condition", _("At most {n} characters.").format(n=MAX_SIZE))


def size_of(condition: Any) -> int:
    """The number of its parts."""
    [(name, inner)] = condition.items() or [("", None)]
    if name == "not":
        return 1 + size_of(inner)
    return 1 + sum(map(size_of, inner)) if name in ("all", "any") else 1


def decide(condition: Any, attributes: Attributes) -> Outcome:
    """Whether a condition that passed `check` holds. Never raises."""
    outcome = Outcome()
    outcome.is_true = _holds(condition, attributes, "condition", outcome.because)
    return outcome


# Checking


@dataclass(slots=True)
class _Checker:
    parts: int = 0

    def condition(self, value: Any, place: str, *, depth: int) -> None:
        self.parts += 1
        if depth > MAX_DEPTH:
            raise BadCondition(place, _("At most {n} levels.").format(n=MAX_DEPTH))
        if self.parts > MAX_PARTS:
            raise BadCondition(place, _("At most {n} parts.").format(n=MAX_PARTS))
        if depth == 1 and isinstance(value, dict) and not value:
            return
        if not isinstance(value, dict) or len(value) != 1:
            raise BadCondition(place, _("An object with exactly one of: {names}.").format(names=_names()))
        [(name, inner)] = value.items()
        place = f"{place}.{name}"
        if name == "not":
            self.condition(inner, place, depth=depth + 1)
        elif name in ("all", "any"):
            for index, part in enumerate(_some(inner, place)):
                self.condition(part, f"{place}[{index}]", depth=depth + 1)
        elif name in COMPARISONS:
            self._comparison(name, inner, place)
        else:
            raise BadCondition(place, _("Unknown. Known are: {names}.").format(names=_names()))

    def _comparison(self, name: str, operands: Any, place: str) -> None:
        kind = COMPARISONS[name]
        if not isinstance(operands, list) or len(operands) != kind.operands:
            raise BadCondition(place, _("A list of {n} values.").format(n=kind.operands))
        for index, operand in enumerate(operands):
            may_be_list = kind.takes_list and index == 1
            _check_operand(operand, f"{place}[{index}]", may_be_list=may_be_list, fits=kind.fits)


def _some(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise BadCondition(place, _("A list of at least one condition."))
    return value


def _check_operand(value: Any, place: str, *, may_be_list: bool, fits: Callable[[Any], bool]) -> None:
    if isinstance(value, dict):
        name = value.get("attr")
        if len(value) != 1 or not isinstance(name, str) or not _ATTRIBUTE.fullmatch(name):
            sentence = _('An attribute is written {"attr": "subject.…"}, "resource.…" or "request.…".')
            raise BadCondition(place, sentence)
        return
    if isinstance(value, list):
        if not may_be_list or len(value) > MAX_LIST:
            sentence = _("A list of at most {n} values.") if may_be_list else _("One value, not a list.")
            raise BadCondition(place, sentence.format(n=MAX_LIST))
        for index, item in enumerate(value):
            _check_literal(item, f"{place}[{index}]", fits)
        return
    _check_literal(value, place, fits)


def _check_literal(value: Any, place: str, fits: Callable[[Any], bool]) -> None:
    if not _is_plain(value):
        raise BadCondition(place, _("A string, a number, true or false."))
    if isinstance(value, str) and (len(value) > MAX_TEXT or "\0" in value):
        raise BadCondition(place, _("At most {n} characters.").format(n=MAX_TEXT))
    if not fits(value):
        raise BadCondition(place, _("This value can never be compared like that."))


def _names() -> str:
    return ", ".join(("all", "any", "not", *COMPARISONS))


# Deciding


def _holds(condition: Any, attributes: Attributes, place: str, because: list[str]) -> bool:
    """Every part is decided, also when the result is known: the explanation is whole, and so is the order's freedom."""
    if not condition:
        return True
    [(name, inner)] = condition.items()
    place = f"{place}.{name}"
    if name == "not":
        return not _holds(inner, attributes, place, because)
    if name in ("all", "any"):
        found = [_holds(part, attributes, f"{place}[{index}]", because) for index, part in enumerate(inner)]
        return all(found) if name == "all" else any(found)
    missing = [
        operand["attr"] for operand in inner if isinstance(operand, dict) and _lacks(operand, attributes)
    ]
    if missing:
        because.append(_("{place}: {names} is missing").format(place=place, names=", ".join(missing)))
        return False
    values = [_value(operand, attributes) for operand in inner]
    answer = COMPARISONS[name].holds(*values)
    if answer is None:
        because.append(_("{place}: the values cannot be compared like that").format(place=place))
    elif not answer:
        because.append(_("{place}: not so").format(place=place))
    return bool(answer)


def _lacks(operand: Any, attributes: Attributes) -> bool:
    return _value(operand, attributes) is _MISSING


def _value(operand: Any, attributes: Attributes) -> Any:
    """A literal as it is; an attribute by its path. What is null is missing."""
    if not isinstance(operand, dict):
        return operand
    found: Any = attributes
    for name in operand["attr"].split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return _MISSING if found is None else found


# Comparisons: true, false, or None where the values do not go together


def _is_number(value: Any) -> bool:
    """JSON's numbers; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= MAX_NUMBER if isinstance(value, int) else math.isfinite(value)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | bool) or _is_number(value)


def _equals(left: Any, right: Any) -> bool | None:
    """Of one type: neither 1 and true are equal, nor 1 and "1"."""
    if not _is_plain(left) or not _is_plain(right):
        return None
    return _type(left) == _type(right) and bool(left == right)


def _type(value: Any) -> str:
    return "number" if _is_number(value) else type(value).__name__


def _in(value: Any, values: Any) -> bool | None:
    if not _is_plain(value) or not isinstance(values, list) or len(values) > MAX_LIST:
        return None  # each rule may look through it again
    return any(_equals(value, each) for each in values)


def _contains(whole: Any, part: Any) -> bool | None:
    """A list a value, a text a piece of text."""
    if isinstance(whole, str) and isinstance(part, str):
        return part in whole if len(whole) <= MAX_READ else None
    return _in(part, whole)


def _starts_with(whole: Any, start: Any) -> bool | None:
    return whole.startswith(start) if isinstance(whole, str) and isinstance(start, str) else None


def _less(left: Any, right: Any) -> bool | None:
    pair = _ordered(left), _ordered(right)
    if None in pair or type(pair[0]) is not type(pair[1]):
        return None
    return bool(pair[0] < pair[1])  # type: ignore[operator]  # both floats or both times


def _greater(left: Any, right: Any) -> bool | None:
    return _less(right, left)


def _between(value: Any, low: Any, high: Any) -> bool | None:
    """Both ends belong to it."""
    below, above = _less(value, low), _less(high, value)
    return None if below is None or above is None else not below and not above


def _ordered(value: Any) -> float | datetime | None:
    """What has an order: a number, or a time of RFC 3339 with its offset."""
    if _is_number(value):
        return float(value)
    return _time(value) if isinstance(value, str) else None


def _time(text: str) -> datetime | None:
    if len(text) > 40 or not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        return None


def _ip_in(address: Any, networks: Any) -> bool | None:
    """An address in one of the networks; a v4 address that came as v6 (`::ffff:…`) counts as v4."""
    asked = _address(address)
    given = networks if isinstance(networks, list) else [networks]
    known = [network for each in given[:MAX_LIST] if (network := _network(each)) is not None]
    if asked is None or not known:
        return None
    return any(asked in network for network in known)


def _address(value: Any) -> Any:
    found = _parsed(ip_address, value)
    return getattr(found, "ipv4_mapped", None) or found


def _network(value: Any) -> Any:
    return _parsed(_to_network, value)


_to_network = partial(ip_network, strict=False)


def _parsed(parse: Callable[[str], Any], value: Any) -> Any:
    return _parse(parse, value) if isinstance(value, str) and len(value) <= MAX_TEXT else None


@lru_cache(maxsize=1024)  # each rule may ask for the same ones
def _parse(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None


def _anything(_value: Any) -> bool:
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _has_order(value: Any) -> bool:
    return _ordered(value) is not None


def _is_network(value: Any) -> bool:
    return _network(value) is not None


@dataclass(frozen=True, slots=True)
class _Comparison:
    """`fits`: which literals can ever make it true."""

    holds: Callable[..., bool | None]
    operands: int = 2
    takes_list: bool = False
    fits: Callable[[Any], bool] = _anything


COMPARISONS: dict[str, _Comparison] = {
    "equals": _Comparison(_equals),
    "in": _Comparison(_in, takes_list=True),
    "contains": _Comparison(_contains),
    "starts_with": _Comparison(_starts_with, fits=_is_text),
    "less": _Comparison(_less, fits=_has_order),
    "greater": _Comparison(_greater, fits=_has_order),
    "between": _Comparison(_between, operands=3, fits=_has_order),
    "ip_in": _Comparison(_ip_in, takes_list=True, fits=_is_network),
}
