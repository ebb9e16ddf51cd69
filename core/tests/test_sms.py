"""SMS through each gateway, against servers on loopback that also misbehave: nothing is lost, nothing comes twice."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.db import connection, transaction
from pydantic import SecretStr

from core import clock, outbound, sms, sms_gateways, tasks
from core.models import Sms
from core.outbox import Delivery
from core.tests.parallel import in_parallel
from core.tests.servers import Server
from tests.support.ports import free_port

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
NUMBER = "+4915123456789"
KEY = b"k" * 32
OUTBOX = sms_gateways.OUTBOX
pytestmark = pytest.mark.django_db(transaction=True)


class Gateway:
    """A gateway on loopback that answers each request as `script` says, the last for ever, and keeps them all."""

    def __init__(self, *script: str) -> None:
        self.script = list(script)
        self.bodies: list[bytes] = []
        self.heads: list[dict[str, str]] = []
        self.server = Server(self._behave)

    @contextmanager
    def running(self) -> Iterator["Gateway"]:
        with self.server:
            yield self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def _behave(self, connection: Any) -> None:
        reader = connection.makefile("rb")
        head = [reader.readline().decode().strip()]
        while line := reader.readline().decode().strip():
            head.append(line)
        names = dict(line.lower().split(": ", 1) if i else ("", line) for i, line in enumerate(head))
        self.heads.append({name: head[i].partition(": ")[2] or head[i] for i, name in enumerate(names)})
        self.bodies.append(reader.read(int(names["content-length"])))
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if answer == "hang up":
            return
        if answer == "slow":
            time.sleep(2)
            return
        connection.sendall(f"HTTP/1.1 {answer} X\r\nContent-Length: 2\r\n\r\n{{}}".encode())


@pytest.fixture
def use(janua_options: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Name a gateway in the options."""

    def name(kind: str, url: str) -> None:
        janua_options(
            redis_url="",
            sms_gateway=kind,
            outbound_allow=(ip_network("127.0.0.0/8"),),
            sms_webhook_url=f"{url}/sms",
            sms_webhook_secret=SecretStr(f"whsec_{base64.b64encode(KEY).decode()}"),
            twilio_account_sid="AC0123456789",
            twilio_auth_token=SecretStr("twilio-token"),
            twilio_from="+15017122661",
        )
        monkeypatch.setattr(sms_gateways, "TWILIO_API", url)

    return name


def stored(**values: Any) -> Sms:
    usual = {"recipient": NUMBER, "text": "246810 is it", "created_at": NOW, "next_attempt_at": NOW}
    return Sms.objects.create(kind="phone_code", **{**usual, **values})


def reloaded(row: Sms) -> Sms:
    return Sms.objects.get(pk=row.pk)


def tried(row: Sms, attempts: Sequence[int]) -> list[str]:
    """Deliver again and again, each time when it is due; the state after each."""
    states = []
    for _ in attempts:
        OUTBOX.deliver(row.pk, now=reloaded(row).next_attempt_at)
        states.append(reloaded(row).status)
    return states


def test_the_webhook_gets_a_signed_sms(use: Any) -> None:
    with Gateway("204").running() as gateway:
        use("webhook", gateway.url)
        row = stored()
        assert OUTBOX.deliver(row.pk, now=NOW) is Delivery.SENT
    [body], [head] = gateway.bodies, gateway.heads
    assert json.loads(body) == {
        "id": str(row.pk), "kind": "phone_code", "to": NUMBER, "text": "246810 is it",
    }  # fmt: skip
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert (head["webhook-id"], head["webhook-signature"]) == (str(row.pk), f"v1,{digest}")
    assert head[""] == "POST /sms HTTP/1.1"
    after = reloaded(row)
    assert (after.status, after.text, after.attempts) == ("sent", "", 1)


@pytest.mark.parametrize(
    ("sender", "field"), [("+15017122661", "From"), ("MG0123456789", "MessagingServiceSid")]
)
def test_twilio_gets_a_form(use: Any, janua_options: Any, sender: str, field: str) -> None:
    with Gateway("201").running() as gateway:
        use("twilio", gateway.url)
        janua_options(twilio_from=sender)
        assert OUTBOX.deliver(stored().pk, now=NOW) is Delivery.SENT
    [body], [head] = gateway.bodies, gateway.heads
    assert parse_qs(body.decode()) == {"To": [NUMBER], field: [sender], "Body": ["246810 is it"]}
    assert head[""] == "POST /2010-04-01/Accounts/AC0123456789/Messages.json HTTP/1.1"
    credentials = base64.b64encode(b"AC0123456789:twilio-token").decode()
    assert head["authorization"] == f"Basic {credentials}"


def test_the_webhook_is_told_to_call(use: Any) -> None:
    with Gateway("204").running() as gateway:
        use("webhook", gateway.url)
        assert OUTBOX.deliver(stored(spoken_in="pt-br").pk, now=NOW) is Delivery.SENT
    told = json.loads(gateway.bodies[0])
    assert (told["channel"], told["language"], told["text"]) == ("voice", "pt-br", "246810 is it")


@pytest.mark.parametrize(("code", "_name"), settings.LANGUAGES)
def test_twilio_calls_and_speaks_every_language_of_ours(use: Any, code: str, _name: str) -> None:
    with Gateway("201").running() as gateway:
        use("twilio", gateway.url)
        row = stored(text="2, 4 & <6>", spoken_in=code)
        assert OUTBOX.deliver(row.pk, now=NOW) is Delivery.SENT
    form = {name: values[0] for name, values in parse_qs(gateway.bodies[0].decode()).items()}
    assert gateway.heads[0][""] == "POST /2010-04-01/Accounts/AC0123456789/Calls.json HTTP/1.1"
    assert (form["To"], form["From"], "Body" in form) == (NUMBER, "+15017122661", False)
    say = ElementTree.fromstring(form["Twiml"]).find("Say")
    assert say is not None
    assert say.text == "2, 4 & <6>"
    assert say.get("language")


def test_a_call_reads_the_code_digit_by_digit_in_the_persons_language(use: Any, janua_options: Any) -> None:
    assert not sms.may_call()
    janua_options(sms_voice="on")
    assert sms.may_call()
    with transaction.atomic():
        sms.send("factor_call", NUMBER, {"digits": "2, 4, 6"}, locale="", is_call=True)
        row = Sms.objects.get()
        transaction.set_rollback(True)
    assert (row.spoken_in, row.text.count("2, 4, 6")) == ("en", 2)


@pytest.mark.parametrize("kind", ["webhook", "twilio"])
@pytest.mark.parametrize("answer", ["500", "503", "429", "401"])
def test_a_gateway_that_says_no_is_asked_again_and_sends_once(use: Any, kind: str, answer: str) -> None:
    with Gateway(answer, "201").running() as gateway:
        use(kind, gateway.url)
        row = stored()
        assert OUTBOX.deliver(row.pk, now=NOW) is Delivery.SERVER_AWAY
        assert (reloaded(row).status, reloaded(row).last_error) == ("pending", f"HTTP {answer}")
        for _ in range(3):
            OUTBOX.sweep(now=NOW + timedelta(seconds=5))
        assert (reloaded(row).status, reloaded(row).attempts) == ("sent", 2)
        assert len(gateway.bodies) == 2


def test_a_refused_number_does_not_hold_up_the_others(use: Any) -> None:
    with Gateway("400", "201").running() as gateway:
        use("twilio", gateway.url)
        bad, good = stored(next_attempt_at=NOW - timedelta(seconds=1)), stored()
        OUTBOX.sweep(now=NOW)
    assert (reloaded(bad).status, reloaded(good).status) == ("pending", "sent")


@pytest.mark.parametrize("answer", ["hang up", "slow"])
def test_the_webhook_may_hear_twice_of_one_sms_and_can_tell(
    use: Any, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    with Gateway(answer, "204").running() as gateway:
        use("webhook", gateway.url)
        row = stored()
        assert tried(row, range(2)) == ["pending", "sent"]
    assert {head["webhook-id"] for head in gateway.heads} == {str(row.pk)}


@pytest.mark.parametrize("answer", ["hang up", "slow"])
def test_twilio_is_not_asked_again_when_it_may_have_sent_it(
    use: Any, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """It knows no repetition again: the person asks for a new code, which costs less than two SMS."""
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    with Gateway(answer, "201").running() as gateway:
        use("twilio", gateway.url)
        row = stored()
        OUTBOX.deliver(row.pk, now=NOW)
        OUTBOX.sweep(now=NOW + timedelta(minutes=5))
        assert len(gateway.bodies) == 1
    assert (reloaded(row).status, reloaded(row).last_error) == ("failed", "no usable answer")


@pytest.mark.parametrize("kind", ["webhook", "twilio"])
def test_an_outage_delays_and_loses_nothing(use: Any, kind: str) -> None:
    use(kind, f"http://127.0.0.1:{free_port()}")
    rows = [stored() for _ in range(3)]
    OUTBOX.sweep(now=NOW)
    assert sorted(Sms.objects.values_list("attempts", flat=True)) == [0, 0, 1]  # the sweep stopped at once
    assert {row.status for row in Sms.objects.all()} == {"pending"}
    with Gateway("201").running() as gateway:
        use(kind, gateway.url)
        OUTBOX.sweep(now=NOW + timedelta(seconds=6))
        assert len(gateway.bodies) == 3
    assert {reloaded(row).status for row in rows} == {"sent"}


def test_it_is_given_up_when_its_code_has_ended(use: Any) -> None:
    with Gateway("500").running() as gateway:
        use("webhook", gateway.url)
        row = stored()
        assert tried(row, range(5)) == ["pending"] * 4 + ["failed"]
        late = stored()
        assert OUTBOX.deliver(late.pk, now=NOW + timedelta(minutes=10)) is Delivery.NOT_DUE
    OUTBOX.purge(now=NOW + timedelta(minutes=10))
    assert [(each.status, each.text) for each in (reloaded(row), reloaded(late))] == [("failed", "")] * 2


def test_parallel_sweeps_send_each_once(use: Any) -> None:
    with Gateway("201").running() as gateway:
        use("twilio", gateway.url)
        for number in range(20):
            stored(recipient=f"+49151234567{number:02}")
        in_parallel(4, lambda: OUTBOX.sweep(now=NOW))
        recipients = [parse_qs(body.decode())["To"][0] for body in gateway.bodies]
    assert len(recipients) == len(set(recipients)) == 20


def test_a_private_address_is_not_called(use: Any, janua_options: Any) -> None:
    with Gateway("204").running() as gateway:
        use("webhook", gateway.url)
        janua_options(outbound_allow=())
        row = stored()
        OUTBOX.deliver(row.pk, now=NOW)
        assert gateway.bodies == []
    assert reloaded(row).status == "pending"


def test_send_writes_a_sealed_row_in_the_persons_language_and_is_woken(use: Any) -> None:
    with Gateway("204").running() as gateway:
        use("webhook", gateway.url)
        with transaction.atomic():
            sms.send("phone_code", NUMBER, {"code": "246810", "minutes": 10}, locale="en")
            with connection.cursor() as cursor:
                cursor.execute("SELECT text FROM core_sms")
                assert "246810" not in cursor.fetchone()[0]
        deadline = time.monotonic() + 10
        while not gateway.bodies and time.monotonic() < deadline:
            time.sleep(0.05)
        assert json.loads(gateway.bodies[0])["text"].startswith("246810 is your Janua code.")


def test_in_development_it_lands_on_the_operators_page(janua_options: Any) -> None:
    janua_options(redis_url="")
    row = stored(created_at=clock.now())
    assert sms.is_available()
    tasks.sweep_sms.apply(throw=True)
    after = reloaded(row)
    shown: Any = site.get_model_admin(Sms)
    assert (after.status, shown.shown_text(after)) == ("mailbox", "246810 is it")
    janua_options(base_url="https://id.example.com")
    assert shown.shown_text(after) == "not shown"
    assert not sms.is_available()
