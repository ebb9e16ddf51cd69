"""An export is verified without Django, by one file of the standard library.

Cases: S261.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from audit import standalone, tasks
from audit.rows import chain_key
from audit.tests.trail import ALICE, audit_verify, brew, delete_entry, sql

pytestmark = pytest.mark.django_db

Lines = list[str]


@pytest.fixture
def house(data_dir: Path) -> Path:
    """A directory with a copy of the verifier, the key, the anchors and nothing of Janua."""
    brew(4)
    brew(3, organization_id=ALICE, note="Zoë")
    tasks.anchor_heads()
    (data_dir / "verifier.py").write_text(Path(standalone.__file__).read_text())
    assert audit_verify("--write-key", str(data_dir / "key"))[0] == 0
    assert (
        audit_verify("--export", str(data_dir / "export.jsonl"), "--with-personal")[1] == "7 events written\n"
    )
    return data_dir


def verify_alone(house: Path, *options: str) -> tuple[int, str]:
    answer = subprocess.run(
        [sys.executable, "-I", "verifier.py", "export.jsonl", "--key-file", "key", *options],
        cwd=house, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not answer.stderr
    return answer.returncode, answer.stdout


def change(house: Path, how: Callable[[Lines], Lines]) -> None:
    path = house / "export.jsonl"
    path.write_text("".join(how(path.read_text().splitlines(keepends=True))))


def test_an_untouched_export_is_intact(house: Path) -> None:
    expected = f"org:{ALICE}: 3 events, intact\nsystem: 4 events, intact\n"
    assert verify_alone(house) == (0, expected)
    assert verify_alone(house, "--anchors", "audit/heads.jsonl") == (0, expected)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda lines: [lines[0], *lines[2:]], f"org:{ALICE}: TAMPERED at 1: missing"),
        (lambda lines: lines[:3] + lines[4:], f"org:{ALICE}: TAMPERED at 3: cut"),
        (lambda lines: lines[:-1], "system: TAMPERED at 4: cut"),
        (lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]], "system: TAMPERED at 1: reordered"),
        (lambda lines: [*lines[:6], *lines[5:]], "system: TAMPERED at 2: inserted"),
        (lambda lines: [line.replace("Zo", "Su") for line in lines], f"org:{ALICE}: TAMPERED at 1: edited"),
        (lambda lines: [line.replace("alice@", "bob@") for line in lines], "system: TAMPERED at 1: edited"),
        (lambda lines: [*lines[:2], "half a li\n", *lines[2:]], "the export does not read"),
        (lambda lines: [*lines[:2], "{}\n", *lines[2:]], "the export does not read"),
    ],
)
def test_s261_a_changed_export_is_found(house: Path, how: Callable[[Lines], Lines], said: str) -> None:
    change(house, how)
    code, output = verify_alone(house)
    assert code == 1
    assert said in output


def test_s261_a_bad_chain_does_not_hide_the_next(house: Path) -> None:
    change(house, lambda lines: [lines[0], *lines[2:]])
    assert "system: 4 events, intact" in verify_alone(house)[1]


def test_s261_the_anchors_show_an_export_of_a_cut_trail(house: Path) -> None:
    change(house, lambda lines: lines[4:])
    assert verify_alone(house)[0] == 0
    code, output = verify_alone(house, "--anchors", "audit/heads.jsonl")
    assert code == 1
    assert f"org:{ALICE}: TAMPERED at 1: cut (the chain is gone" in output


def test_another_key_verifies_nothing(house: Path) -> None:
    (house / "key").write_text("00" * 32)
    assert verify_alone(house)[0] == 1


def test_an_export_of_a_bad_trail_is_bad(house: Path) -> None:
    delete_entry(2)
    (house / "export.jsonl").unlink()
    audit_verify("--export", str(house / "export.jsonl"))
    assert "system: TAMPERED at 2: missing" in verify_alone(house)[1]


def test_the_key_is_never_in_the_export_nor_personal_data_unless_asked_for(house: Path) -> None:
    assert audit_verify("--export", str(house / "plain.jsonl"))[0] == 0
    text = (house / "plain.jsonl").read_text()
    assert chain_key().hex() not in text
    assert "alice@example.com" not in text
    assert "alice@example.com" in (house / "export.jsonl").read_text()


def test_files_are_private_and_never_overwritten(house: Path) -> None:
    for name, option in (("key", "--write-key"), ("export.jsonl", "--export")):
        assert (house / name).stat().st_mode & 0o777 == 0o600
        assert audit_verify(option, str(house / name))[0] == 1


def test_erased_entries_of_an_export_are_intact(house: Path) -> None:
    sql("DELETE FROM audit_personaldata")
    (house / "export.jsonl").unlink()
    audit_verify("--export", str(house / "export.jsonl"), "--with-personal")
    assert verify_alone(house)[0] == 0
    entry = json.loads((house / "export.jsonl").read_text().splitlines()[1])
    assert "personal" not in entry
    assert UUID(entry["actor_id"]) == ALICE
