"""What `manage.py audit_verify` prints, and what it costs."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import verify
from audit.management.commands import audit_verify as command
from audit.models import Chain
from audit.standalone import Head, Row
from audit.tests.trail import ALICE, audit_verify, brew, sql

pytestmark = pytest.mark.django_db


def test_a_clean_trail_is_one_line_per_chain_and_exit_code_0() -> None:
    brew(3)
    brew(2, organization_id=ALICE)
    audit_verify()
    assert audit_verify() == (0, f"org:{ALICE}: 2 events, intact\nsystem: 3 events, intact\n")


def test_an_empty_trail_is_clean() -> None:
    assert audit_verify()[0] == 0


def test_long_chains_are_read_page_by_page_and_tell_their_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "PAGE", 4)
    monkeypatch.setattr(command, "PROGRESS_EVERY", 5)
    brew(11)
    with CaptureQueriesContext(connection) as queries:
        code, output = audit_verify()
    assert code == 0
    assert "system: 10 events so far" in output
    assert (
        len([query for query in queries if " LIMIT 4" in query["sql"]]) == 5
    )  # 4 + 4 + 3, none, none behind


def test_entries_appended_while_it_reads_are_no_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    brew(3)
    read_rows = verify.read_rows

    def grow_meanwhile(head: Head) -> Iterator[Row]:
        brew(2)
        yield from read_rows(head)

    monkeypatch.setattr(verify, "read_rows", grow_meanwhile)
    assert audit_verify()[1].startswith("system: 3 events, intact\n")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL does not let go of the head")
@pytest.mark.django_db(transaction=True)
def test_entries_whose_chain_row_is_gone_are_found() -> None:
    brew(2)
    sql("PRAGMA foreign_keys=OFF")
    Chain.objects.all()._raw_delete("default")
    code, output = audit_verify()
    assert code == 1
    assert "TAMPERED at 1: cut (the chain's head is gone" in output
    sql("DELETE FROM audit_personaldata")
    sql("DELETE FROM audit_event")
    sql("PRAGMA foreign_keys=ON")
