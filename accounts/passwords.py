"""What a password must be, and the slow check of one."""

import os
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import breaches, strength
from accounts.hashers import Argon2idHasher
from accounts.hashers.foreign import PREFIX as FOREIGN
from core.errors import ValidationFailed

MAX_LENGTH = 1024
PRODUCT_WORDS = ("janua",)
HELP = format_lazy(
    gettext_lazy("At least {shortest} characters. A few unrelated words work well."),
    shortest=settings.JANUA.password_min_length,
)
NEW_PASSWORD = {"autocomplete": "new-password", "data-shortest": settings.JANUA.password_min_length}
"""Attributes of every field for a new password; components/strength.html goes with them."""
T = TypeVar("T")
HASHES_AT_A_TIME = 2
"""Each takes 19 MiB and a core: a flood of sign-ins waits for its turn instead of exhausting the machine."""


def prepare(password: str) -> str:
    """One form for what different keyboards type (NIST SP 800-63B section 3.1.1.2); spaces stay."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    return _in_turn(lambda: make_password(prepare(password)))


def is_correct(password: str, encoded: str | None) -> bool:
    """Whether the password belongs to the stored hash. Without a hash it takes the same time and says no."""
    prepared = prepare(password)  # measured in the form in which it was accepted
    is_plausible = len(prepared) <= MAX_LENGTH
    if encoded and encoded.startswith(FOREIGN):
        return _in_turn(lambda: _is_correct_elsewhere(password[:MAX_LENGTH], encoded)) and is_plausible
    matches = _in_turn(lambda: check_password(prepared[:MAX_LENGTH], encoded or _nobodys_hash()))
    return matches and is_plausible and encoded is not None


def is_outdated(encoded: str) -> bool:
    """Whether the hash of a right password is to be made anew: it is another system's, or of earlier figures."""
    hasher = identify_hasher(encoded)
    return not isinstance(hasher, Argon2idHasher) or hasher.must_update(encoded)


def require_good(password: str, *, personal: Iterable[str], field: str = "password") -> None:
    """Refuse short, overlong, common and guessable passwords; raises `ValidationFailed`.

    `personal` is what an attacker knows of the person: address, names.
    """
    fault = _fault(prepare(password), [part for word in personal for part in _parts(word)])
    if fault:
        raise ValidationFailed(fault, reason="weak_password", details={field: [fault]})


def _in_turn(act: Callable[[], T]) -> T:
    """Do it in one of the hashing threads: malloc leaves the memory of a hash with its thread, once it took it."""
    return _hashers.submit(act).result()


def _new_hashers() -> None:
    """Threads do not survive a fork: the child starts its own, with the first hash."""
    global _hashers
    _hashers = ThreadPoolExecutor(HASHES_AT_A_TIME, thread_name_prefix="janua-hash")


_hashers: ThreadPoolExecutor
_new_hashers()
os.register_at_fork(after_in_child=_new_hashers)


def _is_correct_elsewhere(password: str, encoded: str) -> bool:
    """By a foreign hash, of the password as it was typed: other systems do not normalize.

    A wrong one costs one of our hashes besides, so that no account answers sooner than another. (A right one does
    so too: it is hashed anew.)
    """
    if check_password(password, encoded):
        return True
    check_password(password, _nobodys_hash())
    return False


def _fault(password: str, personal: list[str]) -> str:
    """What is wrong with the password, and what to do; nothing if it is good."""
    shortest, words = settings.JANUA.password_min_length, [*personal, *PRODUCT_WORDS]
    if len(password) < shortest:
        sentence = _("Use at least {shortest} characters: a few unrelated words work well.")
        return sentence.format(shortest=shortest)
    if len(password) > MAX_LENGTH:
        return _("Use at most {longest} characters.").format(longest=MAX_LENGTH)
    if breaches.is_known(password):
        return _("This password is on the lists that attackers try first. Choose another one.")
    if _is_made_of(password, words):
        return _("This password is mostly your name, your address or our name. Choose another one.")
    return strength.weakness(password, words)


def _is_made_of(password: str, words: list[str]) -> bool:
    """Whether little is left when known words, digits and signs are taken away ("Alice-Janua-2026!!")."""
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    letters = sum(character.isalpha() for character in rest)
    return letters < 4 and len(rest) < len(password)


def _parts(word: str) -> list[str]:
    pieces = "".join(c if c.isalnum() else " " for c in word.casefold()).split()
    return [piece for piece in pieces if len(piece) >= 3]


@cache
def _nobodys_hash() -> str:
    return make_password("nobody has this password")
