"""A start that cannot go well is refused with one line."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from janua import startup


def build(tmp_path: Path) -> Path:
    source, target = tmp_path / "list", tmp_path / "filter"
    source.write_text("harbour-cobalt-thistle-58\n")
    call_command("build_breach_filter", str(source), str(target), stdout=io.StringIO())
    return target


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: b"",
        lambda whole: b"\x00\xff" * 50,
        lambda whole: b"password\n123456\n",
        lambda whole: whole[:-1],
        lambda whole: whole + b"\0",
        lambda whole: whole.partition(b"\n")[0] + b"\n" + bytes(len(whole.partition(b"\n")[2])),
        lambda whole: whole[:-8] + bytes(8),
        lambda whole: whole[: whole.index(b"\n") + 9] + b"\xff" * (len(whole) - whole.index(b"\n") - 9),
    ],
    ids=["empty", "binary", "a list of passwords", "cut", "longer", "zeroes", "no bit set", "all bits set"],
)
def test_the_start_refuses_a_file_that_is_no_filter(tmp_path: Path, janua_options: Any, spoil: Any) -> None:
    path = build(tmp_path)
    path.write_bytes(spoil(path.read_bytes()))
    janua_options(breached_passwords_file=path)
    with pytest.raises(SystemExit) as caught:
        startup._open_breach_filter()
    assert str(caught.value).startswith("janua: BREACHED_PASSWORDS_FILE: ")
    assert "\n" not in str(caught.value)


def test_the_start_reads_a_good_filter(tmp_path: Path, janua_options: Any) -> None:
    janua_options(breached_passwords_file=build(tmp_path))
    startup._open_breach_filter()
