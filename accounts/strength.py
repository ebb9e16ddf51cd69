"""Why a password is easy to guess, in words that say what to do: zxcvbn's finding, our sentences."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

LOOKED_AT = 72  # zxcvbn's time grows with the square of the length; what follows only adds strength
MIN_GUESSES_LOG10 = 8.0


def weakness(password: str, words: Sequence[str]) -> str:
    """What makes the password guessable and how to mend it; nothing if it is strong. `words` are no secret."""
    found = zxcvbn(password[:LOOKED_AT], user_inputs=list(words))
    if found["guesses_log10"] >= MIN_GUESSES_LOG10:
        return ""
    known = [part for part in found["sequence"] if part["pattern"] != "bruteforce"]
    widest = max(known, key=lambda part: len(part["token"]), default=None)
    return f"{_what_is_weak(widest)} {_('Add two or three unrelated words.')}"


def _what_is_weak(part: dict[str, Any] | None) -> str:
    """The part of the password that gives it away. The part itself is not repeated: pages and logs may be seen."""
    match part:
        case {"pattern": "repeat"}:
            return _("This password repeats itself, which is easy to guess.")
        case {"pattern": "sequence"}:
            return _("This password counts up or follows the alphabet, which is easy to guess.")
        case {"pattern": "spatial"}:
            return _("This password follows the keys of the keyboard, which is easy to guess.")
        case {"pattern": "date" | "regex"}:
            return _("This password is mostly a date or a year, which is easy to guess.")
        case {"pattern": "dictionary", "l33t": True} | {"pattern": "dictionary", "reversed": True}:
            return _("This password is a known word; turned letters and signs for letters do not hide it.")
        case {"pattern": "dictionary"}:
            return _("This password is mostly a word or name that attackers try.")
    return _("This password is easy to guess.")
