"""The API's JSON parser takes one reading of RFC 8259: an object, UTF-8, nothing twice, nothing odd."""

import io
import json

import pytest
from rest_framework.exceptions import ParseError

from core.api.parsers import MAX_BODY_BYTES, BodyTooLarge, StrictJSONParser
from core.strict_json import MAX_DEPTH, parse_object

REFUSED = {
    "not JSON": (b"{", "not JSON"),
    "empty": (b"", "not JSON"),
    "two values": (b"{} {}", "not JSON"),
    "a list": (b"[]", "must be a JSON object"),
    "a word": (b'"text"', "must be a JSON object"),
    "null": (b"null", "must be a JSON object"),
    "a member twice": (b'{"a": 1, "a": 2}', "member twice"),
    "a member twice, deep inside": (b'{"b": [{"a": 1, "\\u0061": 2}]}', "member twice"),
    "not a number": (b'{"a": NaN}', "NaN"),
    "infinity": (b'{"a": -Infinity}', "-Infinity"),
    "Latin-1": (b'{"a": "\xe9"}', "not UTF-8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "not JSON"),
    "an escaped NUL": (b'{"a": "\\u0000"}', "NUL"),
    "a raw NUL": (b'{"a": "\x00"}', "NUL"),
    "a lone surrogate": (b'{"a": "\\ud800"}', "not Unicode"),
    "a lone surrogate as name": (b'{"\\udfff": 1}', "not Unicode"),
    "a huge number": (b'{"a": ' + b"9" * 21 + b"}", "too large"),
    "a number that is infinity to us": (b'{"a": 1e999}', "too large"),
    "a number that is minus infinity to us": (b'{"a": -1e999}', "too large"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_mean_two_things_is_refused_with_a_sentence(case: str) -> None:
    body, sentence = REFUSED[case]
    with pytest.raises(ValueError, match=sentence):
        parse_object(body)


@pytest.mark.parametrize("depth", [MAX_DEPTH, 500, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    body = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_object(body)


def test_a_plain_object_is_read() -> None:
    value = {"text": "zażółć 🌍", "list": [1, -2.5, None, True], "object": {"a": {}}}
    assert parse_object(json.dumps(value).encode()) == value
    assert parse_object(json.dumps(value, ensure_ascii=False).encode()) == value


def test_the_parser_refuses_with_400() -> None:
    with pytest.raises(ParseError):
        StrictJSONParser().parse(io.BytesIO(b"{"))


def test_the_parser_stops_reading_at_its_limit() -> None:
    stream = io.BytesIO(b'{"a": "' + b"x" * (2 * MAX_BODY_BYTES) + b'"}')
    with pytest.raises(BodyTooLarge):
        StrictJSONParser().parse(stream)
    assert stream.tell() == MAX_BODY_BYTES + 1
