"""What a password must be: long, unknown to attackers, and not made of the person or the product."""

from typing import Any

import pytest

from accounts import passwords
from core.errors import ValidationFailed

GOOD = "plum-tractor-velvet-94"


def fault_of(password: str, *personal: str) -> str:
    """The sentence of the refusal; nothing if the password is good."""
    try:
        passwords.require_good(password, personal=personal, field="new_password")
    except ValidationFailed as refused:
        return refused.detail
    return ""


def test_a_refusal_names_field_and_reason() -> None:
    with pytest.raises(ValidationFailed) as caught:
        passwords.require_good("short", personal=(), field="new_password")
    assert caught.value.reason == "weak_password"
    assert caught.value.details == {"new_password": [caught.value.detail]}


def test_a_few_unrelated_words_are_good() -> None:
    assert fault_of(GOOD, "alice@example.com", "Alice") == ""


def test_the_shortest_length_is_fifteen() -> None:
    assert "at least 15" in fault_of("plum-tractor-9"[:14])
    assert fault_of("plum-tractor-9v") == ""


def test_the_shortest_length_is_an_option(janua_options: Any) -> None:
    janua_options(password_min_length=20)
    assert "at least 20" in fault_of("plum-tractor-velvet")


def test_1024_characters_are_the_most() -> None:
    long = "plum tractor velvet " * 60
    assert fault_of(long[:1024]) == ""
    assert "at most 1024" in fault_of(long[:1025])


@pytest.mark.parametrize(
    "password", ["1234567890123456", "qwertyuiopasdfgh", "passwordpassword", "aaaaaaaaaaaaaaaa"]
)
def test_common_and_guessable_passwords_are_refused(password: str) -> None:
    assert fault_of(password)


@pytest.mark.parametrize(
    "password", ["alice-2026-11-24!!", "ALICE.LIDDELL-1999", "alice@example.com", "alice.liddell@example"]
)
def test_passwords_made_of_the_person_are_refused(password: str) -> None:
    assert fault_of(password, "alice@example.com", "Alice", "Liddell")


@pytest.mark.parametrize("password", ["janua-2026-11-24!!", "JANUAJANUAJANUA1", "Janua!!Janua!!99"])
def test_passwords_made_of_the_product_are_refused(password: str) -> None:
    assert fault_of(password)


def test_a_name_inside_a_long_password_is_no_fault() -> None:
    assert fault_of("alice plum tractor velvet", "alice@example.com") == ""


def test_length_counts_characters_not_bytes() -> None:
    assert "at least 15" in fault_of("żółwźdźbłoąęśćń"[:14])
    assert fault_of("żółw-źdźbło-łąka-9") == ""
