"""JSON as RFC 8259 means it: UTF-8, no doubled members, no NaN, bounded numbers and depth."""

import json
import math
from typing import Any, NoReturn

MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 20


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`; raises ValueError with a sentence for people."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("The body is not UTF-8.") from None
    if "\\u0000" in text or "\0" in text:
        raise ValueError("The body has a NUL character.")
    try:
        data = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constants,
            parse_int=_bounded_int,
            parse_float=_bounded_float,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"The body is not JSON: {error.msg} at character {error.pos}.") from None
    except RecursionError:
        raise ValueError("The body is nested too deeply.") from None
    if not isinstance(data, dict):
        raise ValueError("The body must be a JSON object.")
    _check(data, MAX_DEPTH)
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("The body has a member twice.")
    return members


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"The body has {name}, which is not JSON.")


def _bounded_int(text: str) -> int:
    if len(text) > MAX_INTEGER_DIGITS:
        raise ValueError("The body has a number that is too large.")
    return int(text)


def _bounded_float(text: str) -> float:
    """1e999 would become infinity, which no JSON can say again."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("The body has a number that is too large.")
    return number


def _check(value: Any, depth: int) -> None:
    """Bounded depth, and only text that UTF-8 can carry (a lone surrogate cannot be stored)."""
    if depth == 0:
        raise ValueError("The body is nested too deeply.")
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("The body has text that is not Unicode.") from None
    children = (
        (*value.keys(), *value.values())
        if isinstance(value, dict)
        else value
        if isinstance(value, list)
        else ()
    )
    for child in children:
        _check(child, depth - 1)
