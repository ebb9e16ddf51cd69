"""JSON as RFC 8259 means it: UTF-8, no doubled members, no NaN, bounded size and depth."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MAX_BODY_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 20


class BodyTooLarge(APIException):
    status_code = 413
    default_detail = "The body is larger than 256 kB."


class StrictJSONParser(BaseParser):
    """Parses an object; anything else is refused with a sentence that says why."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        raw = stream.read(MAX_BODY_BYTES + 1)
        if len(raw) > MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            data = parse_object(raw)
        except ValueError as error:
            raise ParseError(str(error)) from None
        return data


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
            text, object_pairs_hook=_unique, parse_constant=_no_constants, parse_int=_bounded_int
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
