"""Checking a password: all of it counts, one form per keyboard, and nobody's password costs as much."""

import unicodedata
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from accounts import passwords

GOOD = "plum-tractor-velvet-94"


def test_the_right_password_is_right_and_others_are_wrong() -> None:
    encoded = passwords.hash_password(GOOD)
    assert encoded.startswith("argon2$argon2id$")
    assert passwords.is_correct(GOOD, encoded)
    assert not passwords.is_correct(GOOD + " ", encoded)
    assert not passwords.is_correct(GOOD.upper(), encoded)
    assert not passwords.is_correct("", encoded)


def test_what_stands_behind_72_bytes_counts() -> None:
    """bcrypt would take these two for one."""
    stem = "plum tractor velvet " * 4
    encoded = passwords.hash_password(stem + "a")
    assert not passwords.is_correct(stem + "b", encoded)
    assert not passwords.is_correct(stem, encoded)


def test_nul_does_not_end_a_password() -> None:
    assert not passwords.is_correct(GOOD + "\0b", passwords.hash_password(GOOD + "\0a"))


def test_keyboards_may_compose_letters_their_own_way() -> None:
    composed = "crème-brûlée-tractor"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    assert passwords.is_correct(decomposed, passwords.hash_password(composed))
    assert passwords.is_correct(composed, passwords.hash_password(decomposed))


def test_a_password_is_measured_in_the_form_it_was_accepted_in() -> None:
    """600 letters typed as 1200 code points pass the rule of 1024, so they must pass the check."""
    typed = unicodedata.normalize("NFD", "éàüôñ" * 120)
    assert len(typed) == 1200
    passwords.require_good(typed, personal=())
    assert passwords.is_correct(typed, passwords.hash_password(typed))


def test_beyond_1024_characters_nothing_is_right() -> None:
    long = "x" * 2000
    assert not passwords.is_correct(long, passwords.hash_password(long))
    assert not passwords.is_correct(long, passwords.hash_password(long[: passwords.MAX_LENGTH]))


def test_without_a_hash_the_answer_is_no_after_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = passwords.check_password

    def counting(password: str, encoded: str) -> Any:
        checked.append(encoded)
        return real(password, encoded)

    monkeypatch.setattr(passwords, "check_password", counting)
    passwords._nobodys_hash.cache_clear()  # another test may have made it under other settings
    assert not passwords.is_correct(GOOD, None)
    assert not passwords.is_correct("nobody has this password", None)
    assert all(encoded.startswith("argon2$argon2id$") for encoded in checked)
    assert len(checked) == 2


def test_an_unusable_password_opens_nothing() -> None:
    assert not passwords.is_correct("", make_password(None))
    assert not passwords.is_correct(GOOD, make_password(None))
