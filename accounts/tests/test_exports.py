"""The archive of one's own data (S271): complete, one's own only, taken once, wiped."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from accounts import archive, data_map
from accounts.factories import UserFactory
from accounts.models import DataExport, Session, User
from accounts.services import exports, sessions
from accounts.tasks import purge_accounts, sweep_exports
from accounts.tests.browsers import signed_in
from accounts.tests.mails import letters_to
from audit.models import Event
from core import clock
from core.errors import Conflict, NotFound, RateLimited, ReauthenticationRequired

pytestmark = pytest.mark.django_db


def session_of(user: User) -> Session:
    now = clock.now()
    proof = sessions.Proof(amr=("pwd",), auth_time=now)
    return sessions.start_session(user, proof, kind=Session.Kind.BROWSER, keep=False, now=now).session


def ready_export(session: Session) -> DataExport:
    row = exports.request_export(session, now=clock.now())
    assert exports.prepare(row.id, now=clock.now())
    return exports.get_export(session.user, row.id)


def files_of(packed: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def test_s271_the_archive_holds_every_table_of_the_map_twice(alice: User) -> None:
    session = session_of(alice)
    files = files_of(exports.take(session, ready_export(session).id, now=clock.now()))
    tables = {holding.file for holding in data_map.exported()}
    assert set(files) == {"README.txt", "index.json"} | {
        f"{name}.{kind}" for name in tables for kind in ("json", "csv")
    }
    [profile] = json.loads(files["profile.json"])
    assert (profile["email"], profile["id"]) == (alice.email, str(alice.id))
    assert [row["id"] for row in json.loads(files["sessions.json"])] == [str(session.id)]
    index = json.loads(files["index.json"])
    assert {entry["table"] for entry in index} == {holding.model for holding in data_map.holdings()}
    assert all(entry["file"] or entry["not_exported"] for entry in index)


def test_s271_other_peoples_data_and_secrets_are_absent(alice: User, bob: User, olivia: User) -> None:
    from accounts.services import users

    session, foreign = session_of(alice), session_of(bob)
    Session.objects.filter(id=session.id).update(ip="192.0.2.7", user_agent="Own/1")
    Session.objects.filter(id=foreign.id).update(ip="198.51.100.9", user_agent="Foreign/1")
    users.suspend(actor=olivia, user=alice, now=clock.now())
    users.reactivate(actor=olivia, user=alice, now=clock.now())
    everything = "".join(files_of(archive.build(alice, now=clock.now())).values())
    assert "192.0.2.7" in everything
    for foreign_text in (
        str(bob.id),
        bob.email,
        str(olivia.id),
        olivia.email,
        str(foreign.id),
        "198.51.100.9",
        "Foreign/1",
    ):
        assert foreign_text not in everything
    for secret in (alice.password, session.secret_hash, "$argon2"):
        assert secret not in everything
    entries = json.loads(files_of(archive.build(alice, now=clock.now()))["activity.json"])
    assert {"user.suspended", "session.started"} <= {entry["action"] for entry in entries}
    assert {entry["actor"] for entry in entries if entry["action"] == "user.suspended"} == {"user"}


def test_cells_that_a_spreadsheet_would_compute_are_defused() -> None:
    values = ["=1+1", "+49", "-2", "@SUM", "\tx", "\rx", "plain", "a=b", None, True, 7, {"a": "=1"}]
    text = archive.as_csv(["v"], [{"v": value} for value in values])
    cells = [row[0] if row else "" for row in csv.reader(io.StringIO(text))][1:]
    assert cells[:8] == ["'=1+1", "'+49", "'-2", "'@SUM", "'\tx", "'\rx", "plain", "a=b"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_s271_it_is_sealed_at_rest_and_mailed_without_attachment(alice: User) -> None:
    from django.db import connection

    row = ready_export(session_of(alice))
    with connection.cursor() as cursor:
        cursor.execute("SELECT archive FROM accounts_dataexport")
        stored = cursor.fetchone()[0]
    assert "$" in stored[:12]
    assert "UEsDB" not in stored  # a zip in base64
    letter = letters_to(alice.email)[-1]
    assert letter.kind == "export_ready"
    assert f"/account/privacy/exports/{row.id}" in letter.text


def test_s271_it_is_taken_once_and_wiped(alice: User) -> None:
    session = session_of(alice)
    row = ready_export(session)
    assert exports.take(session, row.id, now=clock.now())
    with pytest.raises(Conflict) as refused:
        exports.take(session, row.id, now=clock.now())
    assert refused.value.reason == "export_downloaded"
    assert DataExport.objects.get().archive == ""


def test_s271_after_a_day_it_is_gone(alice: User) -> None:
    session = session_of(alice)
    row = ready_export(session)
    tomorrow = clock.now() + timedelta(hours=24, seconds=1)
    Session.objects.filter(id=session.id).update(sudo_until=tomorrow + timedelta(hours=1))
    session.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        exports.take(session, row.id, now=tomorrow)
    assert refused.value.reason == "export_expired"
    exports.purge(now=tomorrow)
    assert DataExport.objects.get().archive == ""
    exports.purge(now=tomorrow + timedelta(days=31))
    assert not DataExport.objects.exists()


def test_an_archive_that_lives_survives_the_clean_up(alice: User) -> None:
    ready_export(session_of(alice))
    purge_accounts()
    assert DataExport.objects.get().archive


def test_both_ends_ask_for_a_fresh_proof(alice: User) -> None:
    session = session_of(alice)
    row = ready_export(session)
    session.sudo_until = None
    with pytest.raises(ReauthenticationRequired):
        exports.request_export(session, now=clock.now())
    with pytest.raises(ReauthenticationRequired):
        exports.take(session, row.id, now=clock.now())


def test_only_one_is_prepared_at_a_time(alice: User, bob: User) -> None:
    exports.request_export(session_of(alice), now=clock.now())
    with pytest.raises(Conflict):
        exports.request_export(session_of(alice), now=clock.now())
    exports.request_export(session_of(bob), now=clock.now())
    sweep_exports()
    exports.request_export(session_of(alice), now=clock.now())


def test_what_was_never_prepared_does_not_block_for_ever(alice: User) -> None:
    session = session_of(alice)
    exports.request_export(session, now=clock.now() - timedelta(hours=25))
    assert exports.request_export(session, now=clock.now())
    assert DataExport.objects.count() == 1


def test_five_a_day(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on", redis_url="")
    session = session_of(alice)
    for _ in range(5):
        ready_export(session)
    with pytest.raises(RateLimited):
        exports.request_export(session, now=clock.now())


def test_a_claim_whose_worker_died_runs_out(alice: User) -> None:
    now = clock.now()
    row = exports.request_export(session_of(alice), now=now)
    DataExport.objects.filter(id=row.id).update(claimed_until=now + exports.CLAIM)
    assert exports.prepare_due(now=now) == 0
    assert exports.prepare_due(now=now + exports.CLAIM) == 1
    assert len(letters_to(alice.email)) == 1


def test_a_slow_worker_that_lost_its_claim_writes_nothing(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    row = exports.request_export(session_of(alice), now=now)
    build = archive.build

    def overtaken(user: User, *, now: Any) -> bytes:
        monkeypatch.setattr(archive, "build", build)
        exports.prepare(row.id, now=now + exports.CLAIM)
        return build(user, now=now)

    monkeypatch.setattr(archive, "build", overtaken)
    exports.prepare(row.id, now=now)
    assert Event.objects.filter(action="data_export.ready").count() == 1
    assert len(letters_to(alice.email)) == 1


def test_somebody_elses_archive_is_not_there(alice: User, charlie: User) -> None:
    row = ready_export(session_of(alice))
    with pytest.raises(NotFound):
        exports.take(session_of(charlie), row.id, now=clock.now())
    path = f"/account/privacy/exports/{row.id}"
    browser = signed_in(charlie)
    assert browser.get(path).status_code == 404
    assert browser.post(path).status_code == 404
    assert DataExport.objects.get().used_at is None


def test_the_page_shows_how_it_stands_and_hands_it_out(alice: User) -> None:
    browser = signed_in(alice)
    assert browser.post("/account/privacy", {"export": "1"}).status_code == 303
    row = DataExport.objects.get()
    path = f"/account/privacy/exports/{row.id}"
    assert "Being prepared" in browser.get(path).content.decode()
    early = browser.post(path, follow=True)
    assert "not yet" in early.content.decode()
    sweep_exports()
    assert "Ready" in browser.get("/account/privacy").content.decode()
    answer = browser.post(path)
    assert answer["Content-Type"] == "application/zip"
    assert "profile.json" in files_of(answer.content)
    assert "Downloaded" in browser.get(path).content.decode()


def test_pages_ask_for_a_fresh_proof(alice: User) -> None:
    browser = signed_in(alice, auth_time=clock.now() - timedelta(hours=1))
    assert browser.get("/account/privacy").status_code == 200
    answer = browser.post("/account/privacy", {"export": "1"})
    assert answer["Location"].startswith("/account/confirm?")
    row = DataExport(user=UserFactory(), created_at=clock.now(), expires_at=clock.now())
    row.save()
    assert browser.get(f"/account/privacy/exports/{row.id}")["Location"].startswith("/account/confirm?")
