"""Codes as people type them, brought into one canonical form, once, at the edge."""

import unicodedata

SEPARATORS = frozenset(" -\u00a0\u2009\u202f\u2010\u2011\u2013\u3000\t\r\n")
MAX_LENGTH = 64


def canonical(typed: str) -> str:
    """Without spaces and dashes, in capitals, every decimal digit in ASCII; what is no letter or digit stays and fails.

    `int()` would take digits of any script, signs and underscores: nothing here is ever read as a number.
    """
    if len(typed) > MAX_LENGTH:
        return ""
    letters = [letter for letter in unicodedata.normalize("NFKC", typed) if letter not in SEPARATORS]
    return "".join(_ascii(letter) for letter in letters).upper()


def is_digits(code: str, length: int) -> bool:
    return len(code) == length and code.isascii() and code.isdigit()


def _ascii(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if unicodedata.decimal(letter, None) is not None else letter
