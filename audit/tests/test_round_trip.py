"""The signed bytes of an entry are the same before it is stored and after it was read from any database."""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest

from audit import standalone
from audit.models import Event
from audit.rows import chain_key
from audit.standalone import Head, canonical
from audit.tests.trail import audit_verify, brew
from audit.text import plain
from audit.verify import heads, read_rows
from core import clock


class Colour(StrEnum):
    GREEN = "green"


VALUES = [
    {"b": 1, "a": 2, "ä": 3, "B": 4, "": 5, "aa": {"z": 1, "y": 2}},
    {"text": "Zoë 山田 👩\u200d🚀 e\u0301 \u00e9 \ufeff </script> \\u0000 \\ \" '"},
    {
        "numbers": [
            0,
            -1,
            2**53 + 1,
            10**18 - 1,
            -(10**18) + 1,
            2**63,
            10**400,
            1.0,
            1e2,
            1e16,
            1e400,
            -0.0,
            0.1,
        ]
    },
    {"others": [None, True, False, Colour.GREEN, UUID(int=7), date(2026, 11, 24), b"\xff"]},
    {"at": datetime(2026, 11, 24, 3, 4, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))},
    {"sets": {"b", "a"}, "tuples": (1, (2,)), "empty": [{}, [], ""]},
]


@pytest.mark.django_db
@pytest.mark.parametrize("value", VALUES, ids=lambda value: next(iter(value)) or "keys")
def test_json_reads_back_to_the_same_bytes(value: dict[str, Any]) -> None:
    brew(note=value)
    head = next(heads())
    (row,) = read_rows(head)
    assert canonical(row["data"]["note"]) == canonical(plain({"note": value})["note"])
    assert standalone.event_hash(chain_key(), row) == row["hash"] == head.hash
    assert audit_verify()[0] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("microsecond", [0, 1, 120_000, 999_999])
def test_times_read_back_to_the_microsecond(microsecond: int, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 3, 29, 1, 59, 59, microsecond, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    brew()
    (row,) = read_rows(next(heads()))
    assert row["at"] == f"2026-03-29T01:59:59.{microsecond:06}Z"
    assert Event.objects.get().at == moment
    assert standalone.event_hash(chain_key(), row) == row["hash"]


def test_the_head_of_another_chain_has_another_seal() -> None:
    key = bytes(32)
    one, other = (Head(name, 1, "00", standalone.head_seal(key, name, 1, "00")) for name in ("a", "b"))
    assert one.seal != other.seal
