"""Heads written out of the database catch what the database alone cannot show: an old state put back.

Cases: S261.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers

from audit import anchors, tasks
from audit.models import Chain, Event, PersonalData
from audit.tests.trail import audit_verify, brew, sql
from core import clock

pytestmark = pytest.mark.django_db


def lines(data_dir: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (data_dir / "audit" / "heads.jsonl").read_text().splitlines()]


def snapshot() -> list[Any]:
    """The tables as they are now, as somebody with a backup of them could put them back."""
    tables: list[Any] = serializers.serialize(
        "python", [*Chain.objects.all(), *Event.objects.all(), *PersonalData.objects.all()]
    )
    return tables


def restore(tables: list[Any]) -> None:
    sql("DELETE FROM audit_personaldata")
    sql("DELETE FROM audit_event")
    sql("DELETE FROM audit_chain")
    for row in serializers.deserialize("python", tables):
        row.save()


def test_each_changed_head_is_written_once(data_dir: Path) -> None:
    brew(2)
    assert anchors.anchor_heads(clock.now()) == 1
    assert anchors.anchor_heads(clock.now()) == 0
    brew(3)
    tasks.anchor_heads()
    assert [(line["chain"], line["seq"]) for line in lines(data_dir)] == [("system", 2), ("system", 5)]
    assert audit_verify() == (0, "system: 5 events, intact\n")


def test_only_the_service_may_read_the_anchors(data_dir: Path) -> None:
    brew()
    tasks.anchor_heads()
    assert os.stat(data_dir / "audit").st_mode & 0o777 == 0o700
    assert os.stat(data_dir / "audit" / "heads.jsonl").st_mode & 0o777 == 0o600


def test_s261_a_tail_cut_by_putting_back_an_old_state_of_all_tables_is_found() -> None:
    brew(5)
    old = snapshot()
    brew(3)
    tasks.anchor_heads()
    restore(old)
    assert audit_verify()[1].startswith("system: TAMPERED at 6: cut (entries 6 to 8 are gone)")


def test_s261_a_tail_cut_and_grown_again_by_genuine_entries_is_found() -> None:
    brew(5)
    old = snapshot()
    brew(2)
    tasks.anchor_heads()
    restore(old)
    brew(4)
    tasks.anchor_heads()
    assert audit_verify()[1].startswith("system: TAMPERED at 7: re-chained (cut at or before this entry")


def test_s261_a_chain_that_was_removed_whole_is_found() -> None:
    nothing = snapshot()
    brew(2)
    tasks.anchor_heads()
    restore(nothing)
    assert audit_verify()[1].startswith("system: TAMPERED at 1: cut (the chain is gone")


def test_without_anchors_the_command_says_what_it_cannot_see_and_writes_the_first(data_dir: Path) -> None:
    brew(2)
    assert "no anchors yet" in audit_verify()[1]
    assert [line["seq"] for line in lines(data_dir)] == [2]


def test_a_bad_trail_is_not_anchored(data_dir: Path) -> None:
    brew(2)
    sql("UPDATE audit_event SET result = 'denied' WHERE seq = 1")
    assert audit_verify()[0] == 1
    assert not (data_dir / "audit" / "heads.jsonl").exists()


def test_a_rewritten_head_is_not_anchored(data_dir: Path) -> None:
    brew(2)
    sql("UPDATE audit_chain SET seq = 1")
    tasks.anchor_heads()
    assert (data_dir / "audit" / "heads.jsonl").read_text() == ""


@pytest.mark.parametrize(
    "change", [("2", "9"), ("system", "org:x"), ("{", ""), ("\n", "\n[]\n"), ("\n", "\n\xff\n")]
)
def test_a_changed_line_of_the_anchors_is_found(change: tuple[str, str], data_dir: Path) -> None:
    brew(2)
    tasks.anchor_heads()
    path = data_dir / "audit" / "heads.jsonl"
    path.write_text(path.read_text().replace(*change), encoding="latin-1")
    code, output = audit_verify()
    assert code == 1
    assert "is not ours" in output


def test_lost_notes_of_what_was_written_only_cost_a_line(data_dir: Path) -> None:
    brew(2)
    tasks.anchor_heads()
    (data_dir / "audit" / "last_heads.json").write_text("[half a")
    tasks.anchor_heads()
    assert [line["seq"] for line in lines(data_dir)] == [2, 2]
    assert audit_verify()[0] == 0


def test_a_full_disk_leaves_no_half_line(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brew()
    tasks.anchor_heads()
    brew()
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:10]))
    with pytest.raises(OSError, match="could not be written"):
        tasks.anchor_heads()
    monkeypatch.undo()
    assert len(lines(data_dir)) == 1
