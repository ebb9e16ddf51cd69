"""manage.py build_breach_filter INPUT OUTPUT: what BREACHED_PASSWORDS_FILE names."""

import re
from argparse import ArgumentTypeError
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import breaches, passwords
from core.commands import JanuaCommand

SHA1_LINE = re.compile(rb"([0-9A-Fa-f]{40})(?::([0-9]+))?")


class Command(JanuaCommand):
    help = (
        "Build a filter of breached passwords. INPUT holds SHA-1 hashes, one a line, with or without a count "
        "behind a colon (HASH:COUNT), or else plain passwords in UTF-8, one a line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("input", type=Path)
        parser.add_argument("output", type=Path)
        parser.add_argument(
            "--at-least", type=int, default=1, help="leave out hashes that were seen less often"
        )
        parser.add_argument(
            "--false-positive-rate", type=_rate, default=0.001, help="share of good passwords refused (0.001)"
        )

    def act(self, **options: Any) -> str:
        source, at_least = options["input"], options["at_least"]
        try:
            expected = sum(1 for _ in _hashes(source, at_least))
            if not expected:
                raise CommandError(f"{source} holds nothing to build a filter of.")
            breaches.write_filter(
                options["output"],
                _hashes(source, at_least),
                expected=expected,
                false_positive_rate=options["false_positive_rate"],
            )
            size = options["output"].stat().st_size
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        return f"{expected} passwords in {size / 1e6:.1f} MB. Set BREACHED_PASSWORDS_FILE={options['output'].resolve()}"


def _hashes(source: Path, at_least: int) -> Iterator[bytes]:
    """The hashes of the file; its first line says whether it holds hashes or passwords."""
    with source.open("rb") as file:
        lines: Iterator[bytes] = (line.rstrip(b"\r\n") for line in file)
        first = next(lines, b"")
        lines = chain([first], lines)
        if SHA1_LINE.fullmatch(first):
            yield from _from_hashes(lines, at_least)
        else:
            yield from map(_from_password, filter(None, lines))


def _from_hashes(lines: Iterator[bytes], at_least: int) -> Iterator[bytes]:
    for number, line in enumerate(lines, start=1):
        found = SHA1_LINE.fullmatch(line)
        if found is None and line:
            raise CommandError(f"Line {number} is not a SHA-1 hash like the first line.")
        if found and int(found[2] or at_least) >= at_least:
            yield bytes.fromhex(found[1].decode())


def _from_password(line: bytes) -> bytes:
    return breaches.sha1_of(passwords.prepare(line.decode("utf-8", "replace")))


def _rate(text: str) -> float:
    rate = float(text)
    if not 1e-9 <= rate <= 0.1:
        raise ArgumentTypeError("must be between 0.000000001 and 0.1")
    return rate
