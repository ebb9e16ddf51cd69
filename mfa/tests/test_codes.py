"""Codes are brought into one form once, and nothing else becomes one."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from mfa import codes

# The zeros of all scripts; a script's digits follow its zero (Unicode, section 4.6).
ZEROS = [number for number in range(0x110000) if unicodedata.decimal(chr(number), None) == 0]
GAPS = ["", *sorted(codes.SEPARATORS)]
TYPED = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(ZEROS), st.sampled_from(GAPS)), min_size=6, max_size=8
)


@given(TYPED)
def test_digits_of_any_script_with_spaces_and_dashes_are_one_code(typed: list[tuple[int, int, str]]) -> None:
    shown = "".join(chr(zero + digit) + gap for digit, zero, gap in typed)
    assert codes.canonical(shown) == "".join(str(digit) for digit, _zero, _gap in typed)


@given(st.text(max_size=80))
def test_nothing_else_becomes_a_code(typed: str) -> None:
    found = codes.canonical(typed)
    if codes.is_digits(found, len(found)):
        assert all(letter.isnumeric() or letter in codes.SEPARATORS for letter in typed)
        assert codes.canonical(found) == found


@given(st.text(min_size=codes.MAX_LENGTH + 1, max_size=300))
def test_what_is_too_long_is_nothing(typed: str) -> None:
    assert codes.canonical(typed) == ""
