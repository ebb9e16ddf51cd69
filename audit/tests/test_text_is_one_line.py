"""S262: what people write into names and browsers cannot forge lines, colour terminals or fill the disk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Event
from audit.tests.trail import audit_verify, brew
from audit.text import MAX_JSON, one_line, plain
from core.context import RequestContext, request_context

NASTY = 'a\r\nforged line\x1b[31mred\x9b31m %s \x00 \u2028 \u202eevil \ud800 "quoted" \\'


@pytest.mark.django_db
def test_s262_line_breaks_and_terminal_codes_are_escaped_everywhere() -> None:
    with request_context(RequestContext(request_id=NASTY, ip=NASTY, user_agent=NASTY)):
        brew(target_type=NASTY, target_id=NASTY, client_id=NASTY, note={NASTY: [NASTY]}, email=NASTY)
    entry = Event.objects.get()
    expected = (
        r"a\r\nforged line\x1b[31mred\x9b31m %s \x00 \u2028 \u202eevil \ud800"
        r' "quoted" ' + "\\"
    )
    assert entry.target_id == entry.client_id == entry.request_id == expected
    assert entry.data["note"] == {expected: [expected]}
    assert set(entry.personal.data) == {"email", "ip", "user_agent"}
    assert entry.personal.data["user_agent"] == entry.personal.data["email"] == expected
    assert audit_verify()[0] == 0


@pytest.mark.django_db
def test_s262_a_hundred_kilobytes_are_capped_everywhere() -> None:
    huge = "\n" * 100_000
    with request_context(RequestContext(request_id=huge, ip=huge, user_agent=huge)):
        brew(target_type=huge, target_id=huge, client_id=huge, note=[huge] * 1000, email=huge)
    entry = Event.objects.get()
    assert len(entry.target_id) == len(entry.client_id) == 255
    assert len(entry.personal.data["user_agent"]) == 512
    assert len(entry.personal.data["ip"]) == 64
    assert len(entry.personal.data["email"]) == 1000
    assert set(entry.data) == {"truncated"} and len(entry.data["truncated"]) <= MAX_JSON
    assert audit_verify()[0] == 0


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_any_text_becomes_one_printable_line_of_limited_length(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    line.encode("utf-8")  # no lone surrogate is left
    assert not set(line) & {"\x00", "\x1b", "\n", "\r", "\x9b"}


def test_names_in_any_script_stay_as_they_are() -> None:
    name = "Zoë 山田 مهدی\u200cزاده 👩\u200d🚀"
    assert one_line(name) == name


def test_deep_values_end_somewhere() -> None:
    deep: object = "end"
    for _ in range(5000):
        deep = [deep]
    assert "…" in str(plain({"deep": deep}))
