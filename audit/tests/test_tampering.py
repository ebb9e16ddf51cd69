"""S261: whatever is done to the tables by SQL, `audit_verify` names the first bad entry and the kind."""

from uuid import UUID

import pytest
from django.db import connection

from audit import standalone
from audit.models import Chain, Event
from audit.rows import signed_row
from audit.standalone import SIGNED_FIELDS
from audit.tests.trail import (
    audit_verify,
    brew,
    copy_entry,
    delete_entry,
    shift_entries,
    sql,
    system_chain_id,
)

pytestmark = pytest.mark.django_db

ORGANIZATION = UUID("0190a000-0000-7000-8000-0000000000aa")
FOREIGN_KEY = b"not the key of this house, but a key"


@pytest.fixture(autouse=True)
def _eight_entries() -> None:
    brew(8)


def found() -> str:
    code, output = audit_verify()
    assert code == 1, output
    return next(line for line in output.splitlines() if "TAMPERED" in line)


@pytest.mark.parametrize(
    "change",
    [
        "result = 'denied'",
        "action = 'tea.spilled'",
        "actor_id = NULL",
        "target_id = 'x'",
        "request_id = 'x'",
        "at = '2020-01-01 00:00:00+00:00'",
        """data = '{"cups": 99, "note": ""}'""",
        "hash = 'ü'",
        "personal_digest = ''",
        "previous_hash = ''",
    ],
)
@pytest.mark.parametrize("seq", [2, 8])
def test_s261_an_edited_entry_is_found(change: str, seq: int) -> None:
    sql(f"UPDATE audit_event SET {change} WHERE seq = {seq}")
    assert f"system: TAMPERED at {seq}: edited" in found()


def test_s261_the_first_of_many_edited_entries_is_found() -> None:
    sql("UPDATE audit_event SET result = 'denied' WHERE seq > 2")
    assert "TAMPERED at 3: edited" in found()


def test_s261_edited_personal_data_are_found() -> None:
    sql(
        "UPDATE audit_personaldata SET data = %s WHERE event_id = (SELECT id FROM audit_event WHERE seq = 4)",
        '{"email": "mallory@example.com"}',
    )
    assert "TAMPERED at 4: edited (the personal data" in found()


def test_s261_a_spoiled_salt_of_personal_data_is_found() -> None:
    sql(
        "UPDATE audit_personaldata SET salt = 'zz'"
        " WHERE event_id = (SELECT id FROM audit_event WHERE seq = 4)"
    )
    assert "TAMPERED at 4: edited (the personal data" in found()


def test_s261_personal_data_put_on_an_entry_without_any_are_found() -> None:
    brew(email="")
    sql(
        "INSERT INTO audit_personaldata (event_id, salt, data)"
        " SELECT id, 'aa', '{}' FROM audit_event WHERE seq = 9",
    )
    assert "TAMPERED at 9: edited (the personal data" in found()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the types itself")
@pytest.mark.parametrize("change", ["at = 'yesterday'", "actor_id = 'me'"])
def test_s261_an_entry_that_does_not_even_read_is_found(change: str) -> None:
    sql(f"UPDATE audit_event SET {change} WHERE seq = 5")
    assert "TAMPERED at 5: edited" in found()


@pytest.mark.parametrize("seq", [1, 5, 7])
def test_s261_a_deleted_entry_is_found(seq: int) -> None:
    delete_entry(seq)
    assert f"TAMPERED at {seq}: missing (the next entry is {seq + 1})" in found()


@pytest.mark.parametrize("seq", [1, 5, 7])
def test_s261_a_deleted_entry_is_found_after_the_gap_was_closed(seq: int) -> None:
    delete_entry(seq)
    shift_entries(seq + 1, by=-1)
    assert f"TAMPERED at {seq}: missing" in found()


@pytest.mark.parametrize("seq", [1, 5, 8])
def test_s261_an_inserted_entry_is_found(seq: int) -> None:
    shift_entries(seq, by=1)
    copy_entry(seq - 1 if seq > 1 else 2, seq)
    assert f"TAMPERED at {seq}: inserted" in found()


@pytest.mark.parametrize("seq", [0, -5])
def test_s261_an_entry_inserted_in_front_of_the_first_is_found(seq: int) -> None:
    copy_entry(1, seq)
    assert "TAMPERED at 1: inserted" in found()


def test_s261_an_entry_appended_behind_the_head_is_found() -> None:
    copy_entry(8, 9)
    assert "TAMPERED at 9: inserted" in found()


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 6), (7, 8)])
def test_s261_exchanged_entries_are_found(one: int, other: int) -> None:
    sql("UPDATE audit_event SET seq = -1 WHERE seq = %s", one)
    sql("UPDATE audit_event SET seq = %s WHERE seq = %s", one, other)
    sql("UPDATE audit_event SET seq = %s WHERE seq = -1", other)
    assert f"TAMPERED at {one}: reordered (this is entry {other})" in found()


def test_s261_a_cut_tail_is_found() -> None:
    delete_entry(7)
    delete_entry(8)
    assert "TAMPERED at 7: cut (entries 7 to 8 are gone)" in found()


def test_s261_a_cut_tail_is_found_after_the_head_was_moved_back() -> None:
    delete_entry(7)
    delete_entry(8)
    sql("UPDATE audit_chain SET seq = 6, hash = (SELECT hash FROM audit_event WHERE seq = 6)")
    assert "TAMPERED at 7: cut (the head was rewritten" in found()


def test_s261_an_emptied_chain_is_found() -> None:
    for seq in range(1, 9):
        delete_entry(seq)
    sql("UPDATE audit_chain SET seq = 0, hash = '', seal = ''")
    assert "TAMPERED at 1: cut" in found()


def test_s261_a_head_set_back_without_its_entries_is_found() -> None:
    old = Chain.objects.values("seq", "hash", "seal").get()
    brew(2)
    Chain.objects.update(**old)
    assert "TAMPERED at 9: cut (the head of the chain was set back" in found()


@pytest.mark.parametrize("first", [1, 3, 8])
def test_s261_a_chain_forged_from_some_entry_on_with_another_key_is_found(first: int) -> None:
    rechain(first)
    assert f"TAMPERED at {first}: re-chained" in found()


def test_entries_of_another_chain_do_not_hide_a_bad_one() -> None:
    brew(3, organization_id=ORGANIZATION)
    sql("UPDATE audit_event SET result = 'denied' WHERE seq = 2 AND chain_id = %s", system_chain_id())
    code, output = audit_verify()
    assert code == 1
    assert f"org:{ORGANIZATION}: 3 events, intact" in output
    assert "system: TAMPERED at 2: edited" in output


def rechain(first: int) -> None:
    """Rewrite the entries from `first` on as one would with the code and the tables, but not the key."""
    previous_hash = Event.objects.filter(seq=first - 1).values_list("hash", flat=True).first() or ""
    for entry in Event.objects.filter(seq__gte=first).order_by("seq"):
        entry.result, entry.previous_hash = "denied", previous_hash
        values = {name: getattr(entry, name) for name in SIGNED_FIELDS if name != "chain"}
        entry.hash = previous_hash = standalone.event_hash(FOREIGN_KEY, signed_row("system", values))
        entry.save()
    seal = standalone.head_seal(FOREIGN_KEY, "system", 8, previous_hash)
    Chain.objects.update(hash=previous_hash, seal=seal)
