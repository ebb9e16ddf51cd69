"""Passwords that attackers know: the common ones that ship with Django, and a filter that the operator builds.

The filter (`manage.py build_breach_filter`) is a Bloom filter over SHA-1 hashes, so nothing is asked of the network.
It takes in every password it was built from, and by its false-positive rate a few others.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from rbloom import Bloom

MAGIC = "janua-breach-filter-1"
LONGEST_HEADER = 64
STRANGERS = [
    hashlib.sha1(b"nobody's password %d" % number, usedforsecurity=False).digest() for number in range(20)
]
CANARY = hashlib.sha1(b"a filter that was read well knows this", usedforsecurity=False).digest()


class UnreadableFilter(Exception):
    """The file is not a filter that `build_breach_filter` wrote, or not all of it."""


def is_known(password: str) -> bool:
    """Whether attackers try this password first."""
    if _is_common(password.strip()):
        return True
    path = settings.JANUA.breached_passwords_file
    return path is not None and sha1_of(password) in read_filter(path)


def sha1_of(password: str) -> bytes:
    return hashlib.sha1(password.encode(), usedforsecurity=False).digest()


@cache
def read_filter(path: Path) -> Bloom:
    """The filter, read once per process; raises `UnreadableFilter`."""
    try:
        with path.open("rb") as file:
            header = file.readline(LONGEST_HEADER)
            body = file.read()
        magic, size = header.decode("ascii").split()
    except OSError as error:
        raise UnreadableFilter(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:  # UnicodeDecodeError too
        raise UnreadableFilter(f"{path} was not made by build_breach_filter") from None
    if magic != MAGIC or size != str(len(body)):
        raise UnreadableFilter(f"{path} is not a whole file of build_breach_filter")
    filter_ = Bloom.load_bytes(body, _first_bits)
    if CANARY not in filter_ or all(stranger in filter_ for stranger in STRANGERS):
        raise UnreadableFilter(f"{path} is damaged")
    return filter_


def write_filter(path: Path, hashes: Iterable[bytes], *, expected: int, false_positive_rate: float) -> None:
    """Build the filter of these SHA-1 hashes. It stands there whole or not at all."""
    filter_ = Bloom(expected + 1, false_positive_rate, _first_bits)
    filter_.add(CANARY)
    filter_.update(hashes)
    body = filter_.save_bytes()
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(f"{MAGIC} {len(body)}\n".encode())
        file.write(body)
    unfinished.replace(path)


def _first_bits(digest: bytes) -> int:
    return int.from_bytes(digest[:16], "big", signed=True)


def _is_common(password: str) -> bool:
    try:
        _common_list().validate(password)
    except ValidationError:
        return True
    return False


@cache
def _common_list() -> CommonPasswordValidator:
    return CommonPasswordValidator()
