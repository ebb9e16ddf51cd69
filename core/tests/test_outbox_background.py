"""Waking and the scheduler: never in the way, after a fork, with and without a broker, after kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import pytest
from celery import Celery
from django.db import connections
from pytest_django import Settings
from redis import Redis as RedisClient

from core import background, smtp
from core.background import Task
from core.models import Mail
from core.tests.servers import dripping
from core.tests.smtp_servers import speaking
from tests.support.ports import wait_until
from tests.support.process import REPOSITORY, bare_environment
from tests.support.redis import Redis
from tests.support.smtp import SmtpSink

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


class Diary:
    """A task that writes a line, with its process' id, into a file; optionally it does not reach a broker."""

    name = "diary"

    def __init__(self, path: Path, fails: bool = False) -> None:
        self.path = path
        self.fails = fails

    def apply(self, args: tuple[str, ...], throw: bool) -> object:
        with self.path.open("a") as file:
            file.write(f"{os.getpid()} {' '.join(args)}\n")
        if self.fails:
            raise RuntimeError("secret words")
        return None

    def delay(self, *args: str) -> object:
        raise ConnectionError("secret words")

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []


@pytest.fixture
def without_broker(settings: Settings, tmp_path: Path) -> None:
    settings.JANUA = settings.JANUA.model_copy(update={"redis_url": "", "janua_data_dir": tmp_path})


@pytest.fixture
def broker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    monkeypatch.setattr(background, "_broker_rests_until", 0.0)
    with Redis() as server:
        settings.JANUA = settings.JANUA.model_copy(update={"redis_url": server.url})
        yield server


@pytest.fixture
def delivery(broker: Redis) -> Task:
    """The task that delivers a mail, in a Celery application that is configured as ours, with this broker."""
    app = Celery("test", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = broker.url

    def deliver(mail_id: str) -> None:
        smtp.OUTBOX.deliver(UUID(mail_id), now=NOW)

    task: Task = app.task(deliver)
    return task


def in_child(work: Callable[[], object]) -> int:
    """Do the work in a forked process; its id."""
    connections.close_all()
    pid = os.fork()
    return pid or _end_after(work)


def _end_after(work: Callable[[], object]) -> NoReturn:
    try:
        work()
    finally:
        os._exit(0)


@pytest.mark.usefixtures("without_broker")
def test_without_a_broker_the_work_is_done_here_and_a_failure_harms_nobody(tmp_path: Path) -> None:
    bad, good = Diary(tmp_path / "bad", fails=True), Diary(tmp_path / "good")
    for _ in range(5):
        background.wake(bad, "x")
    background.wake(good, "y")
    wait_until(lambda: good.lines() == [f"{os.getpid()} y"], 5, "the work")
    wait_until(lambda: len(bad.lines()) == 5, 5, "the failing work")


@pytest.mark.usefixtures("without_broker")
def test_a_forked_process_has_workers_of_its_own(tmp_path: Path) -> None:
    diary = Diary(tmp_path / "diary")
    background.wake(diary, "parent")
    wait_until(lambda: len(diary.lines()) == 1, 5, "the parent's work")

    def wake_and_stay() -> None:
        background.wake(diary, "child")
        time.sleep(2)

    child = in_child(wake_and_stay)
    wait_until(lambda: f"{child} child" in diary.lines(), 5, "the child's work")
    os.waitpid(child, 0)


A_COMMAND = """
import sys, time, django
django.setup()
from core import background

class Slow:
    name = "slow"
    def apply(self, args, throw):
        time.sleep(0.5)
        open(sys.argv[1], "a").write("done")

background.wake(Slow())
background.wake(Slow())
"""


def test_a_command_that_ends_finishes_what_it_began(tmp_path: Path) -> None:
    environment = bare_environment(
        tmp_path, DJANGO_SETTINGS_MODULE="janua.settings", JANUA_DATA_DIR=str(tmp_path)
    )
    diary = tmp_path / "diary"
    subprocess.run([sys.executable, "-c", A_COMMAND, str(diary)], env=environment, cwd=REPOSITORY, check=True)
    assert diary.read_text() == "donedone"


@pytest.mark.usefixtures("without_broker")
def test_when_too_much_waits_a_wake_up_is_dropped_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Sleeper(Diary):
        def apply(self, args: tuple[str, ...], throw: bool) -> object:
            time.sleep(0.3)
            return super().apply(args, throw)

    monkeypatch.setattr(background, "MAX_WAITING", 2)
    monkeypatch.setattr(background, "_current", None)
    sleeper = Sleeper(tmp_path / "sleeper")
    started = time.monotonic()
    for _ in range(50):
        background.wake(sleeper)
    assert time.monotonic() - started < 5
    wait_until(lambda: background._workers().waiting.unfinished_tasks == 0, 5, "the sleepers")
    assert 2 <= len(sleeper.lines()) <= 5


def test_with_a_broker_the_task_is_handed_over(broker: Redis, delivery: Task) -> None:
    background.wake(delivery, "some-id")
    with RedisClient.from_url(broker.url) as client:
        wait_until(lambda: client.llen("celery") == 1, 5, "the task in the broker")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_mail_flows_while_the_broker_is_away_or_hangs(
    broker: Redis, delivery: Task, settings: Settings, number: signal.Signals
) -> None:
    with SmtpSink() as sink:
        settings.JANUA = settings.JANUA.model_copy(update={"smtp_host": sink.host, "smtp_port": sink.port})
        row = waiting_mail()
        os.kill(broker.process.pid, number)
        try:
            started = time.monotonic()
            background.wake(delivery, str(row.pk))
            assert time.monotonic() - started < 2
            sink.wait_for_mail(to="ann@example.com", timeout=15)
            second = waiting_mail("bob@example.com")
            background.wake(delivery, str(second.pk))
            sink.wait_for_mail(to="bob@example.com", timeout=1)  # the broker is left alone for a while
        finally:
            if number == signal.SIGSTOP:
                os.kill(broker.process.pid, signal.SIGCONT)
        wait_until(lambda: background._workers().waiting.unfinished_tasks == 0, 5, "the sending")


@pytest.mark.usefixtures("without_broker")
def test_one_process_runs_the_schedule_and_another_takes_over_when_it_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LONGEST_SLEEP_SECONDS", 0.2)
    diary = Diary(tmp_path / "diary")

    def serve() -> None:
        background.start_scheduler([(diary, 0.2)])
        time.sleep(30)

    children = [in_child(serve) for _ in range(3)]
    wait_until(lambda: len(diary.lines()) >= 4, 10, "the schedule")
    doers = {int(line.split()[0]) for line in diary.lines()}
    assert len(doers) == 1
    (first,) = doers
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    wait_until(lambda: int(diary.lines()[-1].split()[0]) != first, 10, "the next scheduler")
    for child in set(children) - {first}:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_with_a_broker_no_schedule_runs_here(broker: Redis, tmp_path: Path) -> None:
    background.start_scheduler([(Diary(tmp_path / "diary"), 0.01)])
    time.sleep(0.3)
    assert not (tmp_path / "diary").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_broker")
@pytest.mark.parametrize("hangs_at", ["connect", "message"])
def test_kill_9_in_the_middle_of_a_delivery_loses_nothing(settings: Settings, hangs_at: str) -> None:
    row = waiting_mail()
    hanging = dripping(b"220-", b"2") if hangs_at == "connect" else speaking({"message": b"250-still"})
    with hanging:
        settings.JANUA = settings.JANUA.model_copy(
            update={"smtp_host": "127.0.0.1", "smtp_port": hanging.port}
        )
        child = in_child(lambda: smtp.OUTBOX.deliver(row.pk, now=NOW))
        wait_until(lambda: status_of(row) == "sending", 10, "the claim")
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with SmtpSink() as sink:
        settings.JANUA = settings.JANUA.model_copy(update={"smtp_host": sink.host, "smtp_port": sink.port})
        smtp.OUTBOX.sweep(now=NOW)
        assert sink.messages == []  # the claim still stands
        smtp.OUTBOX.sweep(now=NOW + smtp.OUTBOX.claim)
        assert len(sink.messages) == 1
    assert status_of(row) == "sent"


def waiting_mail(recipient: str = "ann@example.com") -> Mail:
    return Mail.objects.create(
        kind="code",
        recipient=recipient,
        subject="1",
        text="1",
        html="1",
        created_at=NOW,
        next_attempt_at=NOW,
    )


def status_of(row: Mail) -> str:
    return Mail.objects.get(pk=row.pk).status
