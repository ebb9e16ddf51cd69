"""The outbox against real mail servers: nothing is lost, nothing is sent twice, nobody waits.

Cases: S094.
"""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.admin import site
from django.db import connection, transaction
from django.template import TemplateDoesNotExist
from pydantic import SecretStr
from pytest_django import Settings

from core import background, clock, crypto, mail, outbox, smtp, tasks
from core.models import Mail
from core.outbox import Delivery
from core.tests.parallel import in_parallel
from core.tests.servers import Authority, dripping
from core.tests.smtp_servers import refusing, speaking
from tests.support.ports import free_port, wait_until
from tests.support.smtp import SmtpSink, html_of, text_of

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def templates(tmp_path: Path, settings: Settings) -> None:
    """One mail of our own, so that these tests do not hang on the product's words."""
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "code.subject.txt").write_text("{% load i18n %}{{ code }}\n & {% translate 'Yes' %}\n")
    (folder / "code.txt").write_text("{{ name }}: {{ base_url }}/verify?a=1&code={{ code }}\n")
    (folder / "code.html").write_text("<p>{{ name }} of {{ product_name }}</p>\n")
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]


@pytest.fixture
def sink(settings: Settings) -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        use_smtp(settings, sink.port)
        yield sink


def use_smtp(settings: Settings, port: int, **options: object) -> None:
    values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_from": "noreply@janua.test", **options}
    settings.JANUA = settings.JANUA.model_copy(update={"redis_url": "", **values})


def stored(recipient: str = "ann@example.com", **values: object) -> Mail:
    """A mail that waits in the outbox."""
    words = {"subject": "246810", "text": "Your code", "html": "<p>Your code</p>"}
    times = {"created_at": NOW, "next_attempt_at": NOW}
    return Mail.objects.create(kind="code", recipient=recipient, **{**words, **times, **values})


def reloaded(row: Mail) -> Mail:
    return Mail.objects.get(pk=row.pk)


# Writing


def test_send_writes_a_sealed_row_and_delivery_follows_the_commit(sink: SmtpSink) -> None:
    with transaction.atomic():
        mail.send("code", "ann@example.com", {"code": "246810", "name": "Ann & <Co>"}, locale="de")
        with connection.cursor() as cursor:
            cursor.execute("SELECT subject, text, html FROM core_mail")
            assert not any("246810" in column for column in cursor.fetchone())
        time.sleep(0.2)
        assert sink.messages == []
    message = sink.wait_for_mail(to="ann@example.com")
    assert message["Subject"] == "246810 & Ja"  # one line, in German, not escaped
    assert text_of(message).startswith("Ann & <Co>: http://localhost:4100/verify?a=1&code=246810")
    assert "<p>Ann &amp; &lt;Co&gt; of Janua</p>" in html_of(message)
    assert message["From"] == "noreply@janua.test"


def test_what_is_rolled_back_is_never_sent(sink: SmtpSink) -> None:
    with transaction.atomic():
        mail.send("code", "ann@example.com", {"code": "1"}, locale="en")
        transaction.set_rollback(True)
    smtp.OUTBOX.sweep(now=datetime.now(UTC))
    assert not Mail.objects.exists()
    assert sink.messages == []


def test_a_mail_without_templates_fails_in_the_transaction(sink: SmtpSink) -> None:
    with pytest.raises(TemplateDoesNotExist), transaction.atomic():
        mail.send("unheard_of", "ann@example.com", {}, locale="en")


@pytest.mark.parametrize("server", ["down", "slow"])
def test_s094_a_mail_server_that_is_down_or_slow_holds_nobody_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    monkeypatch.setattr(smtp, "SEND_SECONDS", 1)
    with dripping(b"", b"2") as slow:
        use_smtp(settings, slow.port if server == "slow" else free_port())
        started = time.monotonic()
        for _ in range(20):
            with transaction.atomic():
                mail.send("code", "ann@example.com", {"code": "1"}, locale="en")
        assert time.monotonic() - started < 8
        assert Mail.objects.exclude(status=Mail.Status.SENT).count() == 20
    wait_until(background_is_idle, 20, "the end of the background work")


# Delivering


def test_a_sent_mail_leaves_no_words_behind(sink: SmtpSink) -> None:
    row = stored()
    assert smtp.OUTBOX.deliver(row.pk, now=NOW) is Delivery.SENT
    after = reloaded(row)
    assert (after.status, after.sent_at, after.attempts, after.claimed_until) == ("sent", NOW, 1, None)
    assert (after.subject, after.text, after.html) == ("", "", "")
    message = sink.wait_for_mail(to="ann@example.com")
    assert message["Message-ID"] == f"<{row.pk}@janua.test>"
    assert smtp.OUTBOX.deliver(row.pk, now=NOW) is Delivery.NOT_DUE
    assert len(sink.messages) == 1


def test_a_mail_server_that_is_down_is_tried_again_on_schedule(settings: Settings, sink: SmtpSink) -> None:
    sink.stop()
    row, now, delays = stored(), NOW, []
    while (after := reloaded(row)).status == Mail.Status.PENDING:
        now = after.next_attempt_at
        assert smtp.OUTBOX.deliver(row.pk, now=now - timedelta(microseconds=1)) is Delivery.NOT_DUE
        assert smtp.OUTBOX.deliver(row.pk, now=now) is Delivery.SERVER_AWAY
        delays.append(int((reloaded(row).next_attempt_at - now).total_seconds()))
    assert delays == [5, 60, 300, 1800, 7200, 18000, 0]
    assert (after.status, after.last_error, after.text) == ("failed", "ConnectionRefusedError", "Your code")
    smtp.OUTBOX.purge(now=NOW + timedelta(hours=23))
    assert reloaded(row).text == "Your code"
    smtp.OUTBOX.purge(now=NOW + timedelta(hours=24))
    assert (reloaded(row).subject, reloaded(row).text, reloaded(row).html) == ("", "", "")


def test_an_outage_delays_and_loses_nothing(sink: SmtpSink) -> None:
    sink.stop()
    rows = [stored(f"u{number}@example.com") for number in range(5)]
    smtp.OUTBOX.sweep(now=NOW)
    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [
        0,
        0,
        0,
        0,
        1,
    ]  # the sweep stopped at once
    sink.start()
    smtp.OUTBOX.sweep(now=NOW + timedelta(seconds=6))
    assert {reloaded(row).status for row in rows} == {"sent"}
    assert len(sink.messages) == 5


def test_a_refused_recipient_does_not_hold_up_the_others(settings: Settings) -> None:
    with refusing("bad@example.com") as server:
        use_smtp(settings, server.port)
        bad = stored("bad@example.com", next_attempt_at=NOW - timedelta(seconds=1))
        good = stored("good@example.com")
        smtp.OUTBOX.sweep(now=NOW)
        assert (reloaded(bad).status, reloaded(bad).last_error) == ("pending", "SMTPRecipientsRefused")
        assert "bad@" not in reloaded(bad).last_error
        assert reloaded(good).status == "sent"


@pytest.mark.parametrize("at", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "message"])
@pytest.mark.parametrize("reply", [b"451 not now\r\n", b"554 never\r\n", b"garbage\r\n", b""])
def test_a_server_that_refuses_or_hangs_up_anywhere_gets_the_mail_later(
    settings: Settings, at: str, reply: bytes
) -> None:
    row = stored()
    steps = (at, "HELO") if at == "EHLO" else (at,)  # who is refused the one asks for the other
    with speaking(dict.fromkeys(steps, reply)) as server:
        use_smtp(settings, server.port)
        assert smtp.OUTBOX.deliver(row.pk, now=NOW) in {Delivery.SERVER_AWAY, Delivery.REFUSED}
    after = reloaded(row)
    assert (after.status, after.attempts, after.text) == ("pending", 1, "Your code")
    assert after.next_attempt_at == NOW + timedelta(seconds=5)


@pytest.mark.parametrize("reply", [b"500 what?\r\n", b"garbage\r\n", b""])
def test_what_the_server_says_after_its_250_does_not_matter(settings: Settings, reply: bytes) -> None:
    row = stored()
    with speaking({"QUIT": reply}) as server:
        use_smtp(settings, server.port)
        assert smtp.OUTBOX.deliver(row.pk, now=NOW) is Delivery.SENT
    assert reloaded(row).status == "sent"


@pytest.mark.parametrize("tls", ["none", "tls"])
def test_a_dripping_server_is_cut(settings: Settings, monkeypatch: pytest.MonkeyPatch, tls: str) -> None:
    monkeypatch.setattr(smtp, "SEND_SECONDS", 0.5)
    row = stored()
    with dripping(b"\x16\x03\x03\x40\x00" if tls == "tls" else b"220-hello", b"2") as server:
        use_smtp(settings, server.port, smtp_tls=tls)
        started = time.monotonic()
        assert smtp.OUTBOX.deliver(row.pk, now=NOW) is Delivery.SERVER_AWAY
        assert time.monotonic() - started < 10
    assert reloaded(row).status == "pending"


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_encryption_is_not_given_up_when_the_certificate_is_wrong(
    settings: Settings, tmp_path: Path, mode: str
) -> None:
    row = stored()
    context = Authority(tmp_path).server_context("127.0.0.1")
    with speaking({}, tls=context if mode == "tls" else None, starttls=context) as server:
        use_smtp(settings, server.port, smtp_tls=mode)
        assert smtp.OUTBOX.deliver(row.pk, now=NOW) is Delivery.SERVER_AWAY
    assert reloaded(row).last_error == "SSLCertVerificationError"
    assert server.connections == 1


def test_starttls_is_not_given_up_when_the_server_has_none(settings: Settings) -> None:
    row = stored()
    with speaking({}) as server:
        use_smtp(settings, server.port, smtp_tls="starttls")
        assert smtp.OUTBOX.deliver(row.pk, now=NOW) is Delivery.SERVER_AWAY
    assert reloaded(row).last_error == "SMTPNotSupportedError"


def test_a_password_does_not_leave_without_the_server_asking(settings: Settings) -> None:
    row = stored()
    with speaking({}) as server:
        use_smtp(settings, server.port, smtp_username="janua", smtp_password=SecretStr("hunter2hunter2"))
        assert smtp.OUTBOX.deliver(row.pk, now=NOW) is Delivery.SERVER_AWAY
        assert not any(b"hunter2" in line or b"aHVudGVy" in line for line in server.requests)


def test_words_that_do_not_unseal_fail_alone(settings: Settings, sink: SmtpSink) -> None:
    locked = stored(next_attempt_at=NOW - timedelta(seconds=1))
    Mail.objects.filter(pk=locked.pk).update(text="")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_mail SET text = 'deadbeef$nothing'")
    fine = stored("bob@example.com")
    smtp.OUTBOX.sweep(now=NOW)
    assert Mail.objects.defer("text").get(pk=locked.pk).last_error == crypto.Unsealable.__name__
    assert reloaded(fine).status == "sent"


def test_a_recipient_that_is_no_address_fails_alone(sink: SmtpSink) -> None:
    bad = stored("ann@example.com\r\nBcc: eve@example.com", next_attempt_at=NOW - timedelta(seconds=1))
    fine = stored("bob@example.com")
    smtp.OUTBOX.sweep(now=NOW)
    assert reloaded(bad).status == "pending"
    assert reloaded(fine).status == "sent"
    assert len(sink.messages) == 1


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_a_greylisted_mail_is_delivered_once_when_it_comes_again(sink: SmtpSink, at: str) -> None:
    sink.replies[at] = ["451 4.7.1 greylisted, try again later"]
    row = stored()
    assert smtp.OUTBOX.deliver(row.pk, now=NOW) is Delivery.REFUSED
    assert (reloaded(row).status, reloaded(row).text, sink.messages) == ("pending", "Your code", [])
    later = reloaded(row).next_attempt_at
    for _ in range(3):
        smtp.OUTBOX.sweep(now=later)
    assert (reloaded(row).status, reloaded(row).attempts, reloaded(row).text) == ("sent", 2, "")
    assert [message["X-Envelope-To"] for message in sink.messages] == ["ann@example.com"]


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_a_mail_that_is_refused_for_good_ends_among_the_failed(sink: SmtpSink, at: str) -> None:
    sink.replies[at] = ["550 5.1.1 no such user"] * 7
    row, fine = stored(), stored("bob@example.com", created_at=NOW + timedelta(hours=8))
    while (after := reloaded(row)).status == Mail.Status.PENDING:
        smtp.OUTBOX.deliver(row.pk, now=after.next_attempt_at)
    assert (after.status, after.attempts) == ("failed", 7)
    assert after.last_error in {"SMTPRecipientsRefused", "SMTPDataError"}
    smtp.OUTBOX.sweep(now=NOW + timedelta(hours=8))
    assert reloaded(fine).status == "sent"
    assert [message["X-Envelope-To"] for message in sink.messages] == ["bob@example.com"]


def test_a_mail_older_than_a_day_is_not_sent_any_more(sink: SmtpSink) -> None:
    row = stored()
    assert smtp.OUTBOX.deliver(row.pk, now=NOW + timedelta(hours=24)) is Delivery.NOT_DUE
    assert sink.messages == []


# Claims


def test_a_claim_is_one_worker_s_until_it_runs_out(sink: SmtpSink) -> None:
    row = stored(status=Mail.Status.SENDING, attempts=1, claimed_until=NOW + smtp.OUTBOX.claim)
    smtp.OUTBOX.sweep(now=NOW + smtp.OUTBOX.claim - timedelta(seconds=1))
    assert sink.messages == []
    smtp.OUTBOX.sweep(now=NOW + smtp.OUTBOX.claim)  # its worker died
    assert (reloaded(row).status, reloaded(row).attempts) == ("sent", 2)


def test_a_worker_whose_claim_ran_out_does_not_undo_the_next_one_s(sink: SmtpSink) -> None:
    row = stored(status=Mail.Status.SENDING, attempts=1, claimed_until=NOW)
    late = reloaded(row)
    smtp.OUTBOX.deliver(row.pk, now=NOW)
    smtp.OUTBOX._note_failure(late, TimeoutError(), NOW + timedelta(seconds=1))
    assert reloaded(row).status == "sent"


def test_a_hundred_mails_through_four_parallel_sweeps_leave_once_each(sink: SmtpSink) -> None:
    for number in range(100):
        stored(f"u{number}@example.com")
    in_parallel(4, lambda: smtp.OUTBOX.sweep(now=NOW))
    recipients = Counter(message["X-Envelope-To"] for message in sink.messages)
    assert len(recipients) == 100
    assert set(recipients.values()) == {1}
    assert set(Mail.objects.values_list("status", "attempts")) == {("sent", 1)}


def test_a_sweep_takes_a_bounded_batch(sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "BATCH", 3)
    for number in range(5):
        stored(f"u{number}@example.com")
    smtp.OUTBOX.sweep(now=NOW)
    assert len(sink.messages) == 3


# Clearing away


def test_old_mails_are_forgotten_and_waiting_ones_given_up_after_a_day() -> None:
    waiting = stored()
    sent = stored(status=Mail.Status.SENT, subject="", text="", html="")
    kept = stored(status=Mail.Status.MAILBOX)
    smtp.OUTBOX.purge(now=NOW + timedelta(hours=24))
    assert (reloaded(waiting).status, reloaded(waiting).text) == ("failed", "")
    assert (reloaded(sent).status, reloaded(kept).text) == ("sent", "Your code")
    smtp.OUTBOX.purge(now=NOW + timedelta(days=30))
    assert not Mail.objects.exists()


def test_a_mail_whose_worker_died_too_late_for_another_is_wiped_and_forgotten() -> None:
    claimed_until = NOW + timedelta(hours=24, minutes=1)
    row = stored(status=Mail.Status.SENDING, attempts=1, claimed_until=claimed_until)
    smtp.OUTBOX.purge(now=NOW + timedelta(hours=24))
    assert reloaded(row).text == "Your code"  # somebody may be at it yet
    smtp.OUTBOX.sweep(now=claimed_until)
    smtp.OUTBOX.purge(now=claimed_until)
    assert (reloaded(row).status, reloaded(row).subject, reloaded(row).text) == ("failed", "", "")
    smtp.OUTBOX.purge(now=NOW + timedelta(days=30))
    assert not Mail.objects.exists()


# Without a mail server


def test_without_a_mail_server_the_mailbox_keeps_the_words(settings: Settings) -> None:
    use_smtp(settings, 0, smtp_host="")
    row = stored(created_at=clock.now())
    tasks.sweep_outbox.apply(throw=True)
    after = reloaded(row)
    assert (after.status, after.text) == ("mailbox", "Your code")
    assert shown(after) == ("246810", "Your code")
    settings.JANUA = settings.JANUA.model_copy(update={"base_url": "https://id.example.com"})
    assert shown(after) == ("not shown", "not shown")


def test_a_waiting_mail_is_not_shown() -> None:
    assert shown(stored()) == ("not shown", "not shown")


def shown(row: Mail) -> tuple[str, str]:
    admin = site.get_model_admin(Mail)
    return admin.shown_subject(row), admin.shown_text(row)  # type: ignore[attr-defined]


def background_is_idle() -> bool:
    return background._workers().waiting.unfinished_tasks == 0
