"""A small real DNS server for tests: TXT records over UDP and TCP, on a port of 127.0.0.1, in two threads."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset


class Zone:
    """What the server knows. A name without records does not exist (NXDOMAIN); `is_broken` names answer SERVFAIL."""

    def __init__(self) -> None:
        self.txt: dict[str, list[str]] = {}
        self.aliases: dict[str, str] = {}
        self.broken: set[str] = set()
        self.asked: list[str] = []
        self.is_silent = False
        self.at = ""

    def answer(self, wire: bytes, *, is_tcp: bool) -> bytes:
        query = dns.message.from_wire(wire)
        name = query.question[0].name
        text = name.to_text(omit_final_dot=True).lower()
        self.asked.append(text)
        reply = dns.message.make_response(query, recursion_available=True)
        if text in self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply.to_wire()
        if (other := self.aliases.get(text)) is not None:
            reply.answer.append(dns.rrset.from_text(name, 5, "IN", "CNAME", f"{other}."))
            text, name = other, dns.name.from_text(other)
        records = self.txt.get(text)
        if records is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif query.question[0].rdtype == dns.rdatatype.TXT and records:
            reply.answer.append(dns.rrset.from_text_list(name, 5, "IN", "TXT", records))
        whole = reply.to_wire(max_size=65_535)
        if is_tcp or len(whole) <= 512:
            return whole
        reply.answer.clear()
        reply.flags |= dns.flags.TC  # too long for UDP: come again by TCP (RFC 1035 section 4.2.1)
        return reply.to_wire()


class _Udp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        wire, socket = self.request
        zone: Zone = self.server.zone  # type: ignore[attr-defined]
        if not zone.is_silent:
            socket.sendto(zone.answer(wire, is_tcp=False), self.client_address)


class _Tcp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        (length,) = struct.unpack("!H", self.rfile.read(2))
        zone: Zone = self.server.zone  # type: ignore[attr-defined]
        answer = zone.answer(self.rfile.read(length), is_tcp=True)
        self.wfile.write(struct.pack("!H", len(answer)) + answer)


class _UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def serving() -> Iterator[Zone]:
    """The zone of a server that runs until the end; `zone.at` is what DNS_RESOLVER says."""
    zone = Zone()
    tcp: Any = _TcpServer(("127.0.0.1", 0), _Tcp)
    port = tcp.server_address[1]
    udp: Any = _UdpServer(("127.0.0.1", port), _Udp)
    zone.at = f"127.0.0.1:{port}"
    for server in (tcp, udp):
        server.zone = zone
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield zone
    finally:
        for server in (tcp, udp):
            server.shutdown()
            server.server_close()
