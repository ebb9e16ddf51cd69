"""Ids are UUIDs of version 7 (RFC 9562 section 5.7): random, and in the order of time."""

import time
import uuid

from core.models import uuid7


def test_version_and_variant_are_set() -> None:
    for value in (uuid7() for _ in range(100)):
        assert value.version == 7
        assert value.variant == uuid.RFC_4122


def test_the_first_48_bits_are_the_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    value = uuid7()
    assert before <= value.int >> 80 <= time.time_ns() // 1_000_000


def test_later_ids_sort_after_earlier_ones() -> None:
    first = uuid7()
    time.sleep(0.002)
    assert first < uuid7()


def test_ids_of_one_millisecond_differ() -> None:
    assert len({uuid7() for _ in range(2000)}) == 2000
