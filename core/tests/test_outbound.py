"""The outbound door against real servers: where it goes, and how little a bad server can do to us.

Cases: S219 S220 S221.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from pytest_django import Settings

from core import outbound
from core.outbound import Door, OutboundError, Request
from core.outbound_target import is_public, parse
from core.tests.servers import Authority, Server, answering, dripping, ok

LOOPBACK = (ip_network("127.0.0.0/8"),)
INSIDE = Door(allowed=LOOPBACK)
REFUSED = "must be like|usual form|no address|not on the public internet"  # and not: tried in vain

PRIVATE_HOSTS = [
    "127.0.0.1", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "10.0.0.1", "172.16.0.1",
    "172.31.255.254", "192.168.0.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[fec0::1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[ff02::1]",
    "224.0.0.1", "224.0.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "192.88.99.1",
    "localhost", "LOCALHOST", "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "127.0.0.1.",
    "127.0.0.1%2f",
]  # fmt: skip
OTHER_SCHEMES = [
    "unix:/run/janua.sock", "http+unix://%2Frun%2Fjanua.sock/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "ftp://127.0.0.1:{port}/", "ws://127.0.0.1:{port}/", "//127.0.0.1:{port}/",
    "127.0.0.1:{port}", "", "https:",
    "https://", "https:///path", "javascript:alert(1)", "data:text/plain,x",
]  # fmt: skip
AMBIGUOUS = [
    "https://user@example.com/", "https://user:pass@example.com/", "https://example.com#@127.0.0.1/",
    "https://example.com\\@127.0.0.1/", "https://exa mple.com/", "https://example.com/a b",
    "https://example.com/\r\nX: y",
    " https://example.com/", "https://example.com/\n", "https://example.com:0443x/", "https://example.com:/",
    "https://ex\u00e4mple.com/", "https://example.com/\u00e4", "https://[::1/",
    "https://[fe80::1%25eth0]/", "https://a..b/",
    "https://example.com\t/", "https://" + "a" * 2100 + ".com/",
]  # fmt: skip


@pytest.fixture
def listener() -> Iterator[Server]:
    """Someone on loopback, IPv4, who must never be called."""
    with answering(ok(b"{}")) as server:
        yield server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.6)
    monkeypatch.setattr(outbound, "CONNECT_SECONDS", 0.4)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def resolving_to(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda _host, _port: list(addresses)


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_s219_private_targets_are_refused(listener: Server, host: str, scheme: str) -> None:
    with pytest.raises(OutboundError, match=REFUSED):
        Door().send(f"{scheme}://{host}:{listener.port}/", Request())
    assert listener.connections == 0


@pytest.mark.parametrize("url", OTHER_SCHEMES)
def test_s219_other_schemes_are_refused(listener: Server, url: str) -> None:
    with pytest.raises(OutboundError):
        INSIDE.send(url.format(port=listener.port), Request())
    assert listener.connections == 0


@pytest.mark.parametrize("url", AMBIGUOUS)
def test_s219_urls_that_can_be_read_in_two_ways_are_refused(url: str) -> None:
    with pytest.raises(OutboundError):
        parse(url)


@pytest.mark.parametrize(
    "port", [0, 1, 21, 22, 23, 25, 80, 110, 445, 587, 993, 3306, 5432, 6379, 11211, 65536]
)
def test_s219_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(OutboundError, match="port"):
        parse(f"https://example.com:{port}/")


def test_s219_a_name_that_means_a_private_address_is_refused(listener: Server) -> None:
    door = Door(resolve=resolving_to("127.0.0.1"))
    with pytest.raises(OutboundError, match="public internet"):
        door.send(f"https://127.0.0.1.nip.test:{listener.port}/", Request())
    assert listener.connections == 0


def test_s219_one_private_address_among_public_ones_is_enough_to_refuse(listener: Server) -> None:
    door = Door(resolve=resolving_to("93.184.215.14", "127.0.0.1"))
    with pytest.raises(OutboundError, match="public internet"):
        door.send(f"https://mixed.test:{listener.port}/", Request())
    assert listener.connections == 0


def test_s219_is_refused_when_the_url_is_saved(settings: Settings, listener: Server) -> None:
    settings.JANUA = settings.JANUA.model_copy(update={"outbound_allow": ()})
    with pytest.raises(OutboundError):
        outbound.check(f"https://127.0.0.1:{listener.port}/")
    settings.JANUA = settings.JANUA.model_copy(update={"outbound_allow": LOOPBACK})
    outbound.check(f"https://127.0.0.1:{listener.port}/")
    assert listener.connections == 0


def test_plain_http_only_leaves_towards_networks_that_are_allowed() -> None:
    with pytest.raises(OutboundError, match="https"):
        Door(allowed=LOOPBACK, resolve=resolving_to("93.184.215.14")).examine("http://example.com/", 1)
    with pytest.raises(OutboundError, match="https"):
        Door(allowed=LOOPBACK, resolve=resolving_to("127.0.0.1", "93.184.215.14")).examine(
            "http://a.test/", 1
        )


def test_an_allowed_network_does_not_admit_its_disguises() -> None:
    for host in ("[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127.1", "2130706433"):
        with pytest.raises(OutboundError):
            INSIDE.examine(f"https://{host}/", 1)


@pytest.mark.parametrize("text", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ip_address(text))


def test_s220_the_connection_goes_to_the_address_that_was_checked() -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]])
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with answering(ok(b"good"), address="127.0.0.2") as good, answering(ok(b"bad"), port=good.port) as bad:
        door = Door(allowed=(ip_network("127.0.0.2/32"),), resolve=rebinding)
        response = door.send(f"http://rebind.test:{good.port}/", Request())
        assert response.body == b"good"
        with pytest.raises(OutboundError):  # asked again, the name means the forbidden address
            door.send(f"http://rebind.test:{good.port}/", Request())
        assert (good.connections, bad.connections) == (1, 0)
    assert asked == ["rebind.test", "rebind.test"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_s221_redirects_are_not_followed(listener: Server, status: int) -> None:
    location = f"Location: http://127.0.0.1:{listener.port}/\r\n"
    answer = f"HTTP/1.1 {status} Moved\r\n{location}Content-Length: 0\r\n\r\n".encode()
    with answering(answer) as redirecting:
        response = INSIDE.send(f"http://127.0.0.1:{redirecting.port}/", Request())
    assert response.status == status
    assert response.headers["location"] == f"http://127.0.0.1:{listener.port}/"
    assert listener.connections == 0


def test_fetch_reads_the_allowed_networks_from_the_settings(settings: Settings, listener: Server) -> None:
    settings.JANUA = settings.JANUA.model_copy(update={"outbound_allow": LOOPBACK})
    response = outbound.fetch(
        f"http://127.0.0.1:{listener.port}/hook?x=1",
        method="POST",
        headers={"Content-Type": "application/json", "Host": "elsewhere", "X-Mine": "1"},
        body=b'{"a":1}',
        content_types=["application/json"],
    )
    assert (response.status, response.body) == (200, b"{}")
    head = listener.requests[0].decode().lower()
    assert head.startswith("post /hook?x=1 http/1.1\r\n")
    assert f"host: 127.0.0.1:{listener.port}\r\n" in head
    assert "elsewhere" not in head
    assert "x-mine: 1\r\n" in head
    assert "cookie" not in head


def test_the_environment_s_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch, listener: Server) -> None:
    with answering(ok(b"proxied")) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert INSIDE.send(f"http://127.0.0.1:{listener.port}/", Request()).body == b"{}"
        assert proxy.connections == 0


def test_tls_proves_the_name_of_the_url(authority: Authority) -> None:
    shown: list[str | None] = []
    context = authority.server_context("hooks.test")
    context.sni_callback = lambda _socket, name, _context: shown.append(name)
    door = Door(LOOPBACK, resolving_to("127.0.0.1"), authority.client_context("hooks.test"))
    with answering(ok(b"{}"), tls=context) as server:
        assert door.send(f"https://hooks.test:{server.port}/", Request()).status == 200
        assert shown == ["hooks.test"]
        assert f"Host: hooks.test:{server.port}".encode() in server.requests[0]
        with pytest.raises(OutboundError, match=r"certificate is not valid.*other\.test"):
            door.send(f"https://other.test:{server.port}/", Request())
        with pytest.raises(OutboundError, match="certificate is not valid"):
            Door(LOOPBACK, resolving_to("127.0.0.1")).send(f"https://hooks.test:{server.port}/", Request())
        assert len(server.requests) == 1


def test_a_dripping_answer_is_cut_after_five_seconds() -> None:
    with dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x") as server:
        started = time.monotonic()
        with pytest.raises(OutboundError, match="longer than 5 seconds"):
            INSIDE.send(f"http://127.0.0.1:{server.port}/", Request())
        assert 4.5 < time.monotonic() - started < 9


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("beginning", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_drips_of_every_kind_are_cut(beginning: bytes, drop: bytes) -> None:
    with dripping(beginning, drop) as server:
        _fails_within(1.5, f"http://127.0.0.1:{server.port}/")


@pytest.mark.usefixtures("impatient")
def test_a_dripping_tls_handshake_is_cut() -> None:
    with dripping(b"\x16\x03\x03\x40\x00", b"\x00") as server:
        _fails_within(1.5, f"https://127.0.0.1:{server.port}/")


@pytest.mark.usefixtures("impatient")
def test_a_server_that_never_accepts_is_given_up() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        _fails_within(1.5, f"http://127.0.0.1:{full.getsockname()[1]}/")
        for each in waiting:
            each.close()


@pytest.mark.usefixtures("impatient")
def test_a_resolver_that_hangs_is_given_up() -> None:
    def hanging(_host: str, _port: int) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    _fails_within(1.5, "https://example.com/", Door(resolve=hanging))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x01\x02 not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 500_000 + b"\r\n\r\n",
        ok(b"\x1f\x8b", extra="Content-Encoding: gzip\r\n"),
    ],
)
def test_broken_answers_are_refused(answer: bytes) -> None:
    with answering(answer) as server, pytest.raises(OutboundError):
        INSIDE.send(f"http://127.0.0.1:{server.port}/", Request())


@pytest.mark.parametrize(
    "beginning",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65536 + b"\r\n",
    ],
)
def test_a_huge_answer_is_cut_at_the_cap(beginning: bytes) -> None:
    drop = b"10000\r\n" + b"x" * 65536 + b"\r\n" if b"chunked" in beginning else b"x" * 65536
    with dripping(beginning, drop) as server, pytest.raises(OutboundError, match="longer than 100000 bytes"):
        INSIDE.send(f"http://127.0.0.1:{server.port}/", Request(max_bytes=100_000))


def test_an_answer_of_exactly_the_cap_is_taken() -> None:
    with answering(ok(b"x" * 1000)) as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert len(INSIDE.send(url, Request(max_bytes=1000)).body) == 1000
        with pytest.raises(OutboundError, match="longer than 999 bytes"):
            INSIDE.send(url, Request(max_bytes=999))


def test_the_media_type_must_be_one_that_was_asked_for() -> None:
    with answering(ok(b"{}", "application/json; charset=utf-8")) as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert INSIDE.send(url, Request(content_types=["application/json"])).body == b"{}"
        with pytest.raises(OutboundError, match="not image/png or image/webp"):
            INSIDE.send(url, Request(content_types=["image/webp", "image/png"]))


def test_a_header_cannot_smuggle_another() -> None:
    with answering(ok(b"{}")) as server, pytest.raises(OutboundError):
        INSIDE.send(f"http://127.0.0.1:{server.port}/", Request(headers={"X-A": "b\r\nX-C: d"}))
    assert server.requests in ([], [b""])


def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    with answering(ok(b"second"), address="127.0.0.2") as server:
        door = Door(LOOPBACK, resolving_to("127.0.0.3", "127.0.0.2"))
        assert door.send(f"http://two.test:{server.port}/", Request()).body == b"second"


def test_nothing_stays_open(listener: Server) -> None:
    url = f"http://127.0.0.1:{listener.port}/"
    INSIDE.send(url, Request())
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        INSIDE.send(url, Request())
        with pytest.raises(OutboundError):
            INSIDE.send(url, Request(max_bytes=0))
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2


def _fails_within(seconds: float, url: str, door: Door = INSIDE) -> None:
    started = time.monotonic()
    with pytest.raises(OutboundError):
        door.send(url, Request())
    assert time.monotonic() - started < seconds


def test_many_addresses_are_judged_within_one_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that takes its time may hold a thread once, not once for each of fifty names."""
    asked: list[str] = []

    def slow(host: str, port: int) -> list[str]:
        asked.append(host)
        time.sleep(0.05)
        return ["93.184.216.34"]

    monkeypatch.setattr(outbound, "_door", lambda: Door(resolve=slow))
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.2)
    with pytest.raises(OutboundError):
        outbound.check(*(f"https://h{n}.example/" for n in range(50)))
    assert len(asked) < 10


def test_slow_servers_never_take_every_thread(janua_options: Callable[..., None]) -> None:
    """Two of four threads ask, one may wait, one goes on serving whatever comes (S221)."""
    janua_options(web_threads=4, outbound_allow=LOOPBACK)
    refused, answered, go_on = [], [], threading.Event()

    def hold(connection: socket.socket) -> None:
        server.read_request(connection)
        go_on.wait(10)
        connection.sendall(ok(b"at last"))

    def ask() -> None:
        try:
            answered.append(outbound.fetch(f"http://127.0.0.1:{server.port}/").body)
        except OutboundError as error:
            refused.append(error.reason)

    with Server(hold) as server:
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for _ in range(200):  # the one that waits gives up too
            if len(refused) == 6:
                break
            time.sleep(0.02)
        assert server.connections == 2
        go_on.set()
        for thread in threads:
            thread.join()
    assert answered == [b"at last"] * 2
    assert len(refused) == 6
    assert all(reason.startswith("Too many") for reason in refused)
