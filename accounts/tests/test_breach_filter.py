"""Breached passwords are refused offline, by a filter built from lists of hashes or of passwords."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import breaches, passwords
from core.errors import ValidationFailed

BREACHED = "harbour-cobalt-thistle-58"
GOOD = "plum-tractor-velvet-94"


def hash_of(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def build(tmp_path: Path, lines: str, *arguments: str) -> Path:
    source, target = tmp_path / "list.txt", tmp_path / "filter"
    source.write_bytes(lines.encode())
    call_command("build_breach_filter", str(source), str(target), *arguments, stdout=io.StringIO())
    return target


def is_refused(password: str) -> bool:
    try:
        passwords.require_good(password, personal=())
    except ValidationFailed as refused:
        return "lists that attackers try first" in refused.detail
    return False


@pytest.mark.parametrize(
    "lines",
    [
        f"{hash_of('x')}:3\r\n{hash_of(BREACHED)}:17\r\n",
        f"{hash_of(BREACHED).lower()}\n{hash_of('x')}",
        f"x\n\n{BREACHED}\n",
        f"{BREACHED}\r\nx",
    ],
    ids=["hashes with counts", "bare hashes", "passwords", "passwords of Windows"],
)
def test_what_the_list_holds_is_refused(tmp_path: Path, janua_options: Any, lines: str) -> None:
    assert not is_refused(BREACHED)
    janua_options(breached_passwords_file=build(tmp_path, lines))
    assert is_refused(BREACHED)
    assert not is_refused(GOOD)


def test_the_common_ones_are_refused_without_any_file() -> None:
    assert is_refused("123456789987654321")


def test_hashes_that_were_seldom_seen_may_be_left_out(tmp_path: Path, janua_options: Any) -> None:
    lines = f"{hash_of(BREACHED)}:99\n{hash_of(GOOD)}:100\n"
    janua_options(breached_passwords_file=build(tmp_path, lines, "--at-least", "100"))
    assert not is_refused(BREACHED)
    assert is_refused(GOOD)


def test_keyboards_may_compose_breached_letters_their_own_way(tmp_path: Path, janua_options: Any) -> None:
    janua_options(breached_passwords_file=build(tmp_path, "cre\u0300me-harbour-cobalt\n"))
    assert is_refused("crème-harbour-cobalt")


def test_false_positives_keep_to_their_rate(tmp_path: Path) -> None:
    listed = "".join(f"listed-{number}\n" for number in range(20_000))
    found = breaches.read_filter(build(tmp_path, listed, "--false-positive-rate", "0.01"))
    assert all(breaches.sha1_of(f"listed-{number}") in found for number in range(20_000))
    wrong = sum(breaches.sha1_of(f"other-{number}") in found for number in range(20_000))
    assert 0 < wrong < 400


@pytest.mark.parametrize(
    ("lines", "expected"),
    [("", "nothing to build"), (f"{hash_of('x')}:1\nnot a hash\n", "Line 2 is not")],
)
def test_a_list_that_is_none_is_one_clear_line(tmp_path: Path, lines: str, expected: str) -> None:
    with pytest.raises(CommandError, match=expected):
        build(tmp_path, lines)
    assert not (tmp_path / "filter").exists()


@pytest.mark.parametrize("rate", ["0", "1", "nan", "x"])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, rate: str) -> None:
    with pytest.raises(CommandError):
        build(tmp_path, "x\n", "--false-positive-rate", rate)


def test_a_list_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("build_breach_filter", str(tmp_path / "nothing"), str(tmp_path / "filter"))
