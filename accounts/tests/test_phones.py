"""One number, one form."""

import pytest

from accounts import phones
from core.errors import ValidationFailed


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("+4915123456789", "+4915123456789"),
        (" +49 1512 3456789 ", "+4915123456789"),
        ("+49 (0)1512-345 67 89", "+4915123456789"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44 7400 123456", "+447400123456"),
    ],
)
def test_a_number_has_one_form(typed: str, canonical: str) -> None:
    assert phones.canonical(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "015123456789",  # whose country?
        "004915123456789",
        "+49",
        "+4915",
        "+999123456789",
        "+49151234567890123456",
        "+49 1512 3456789 ext. 3",
        "+1-800-FLOWERS",
        "+18005551234",  # toll-free
        "+499001234567",  # premium rate
        "+\uff14915123456789",  # a full-width digit
        "+4915123456789\x00",
        "tel:+4915123456789",
        "x" * 40,
    ],
)
def test_what_is_no_persons_number_is_refused_on_its_field(typed: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        phones.canonical(typed)
    assert list(caught.value.details) == ["phone_number"]


def test_numbers_are_shown_in_groups() -> None:
    assert phones.shown("+4915123456789") == "+49 1512 3456789"
    assert phones.shown("") == ""
    assert phones.country_code_of("+4915123456789") == "49"
