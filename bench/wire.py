"""The lightest HTTP client that will do: prepared bytes on a kept-alive socket."""

import base64
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

TIMEOUT = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, unparsed but for its status."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.lower() == name.lower().encode():
                return value.strip().decode()
        return ""


class Connection:
    """One kept-alive connection."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._rest = b""

    def exchange(self, request: bytes, expected: int = 200) -> Answer:
        """Send the request, read the answer; any other status than the expected one is an error."""
        connected = self._connected()
        connected.sendall(request)
        head = self._until(connected, b"\r\n\r\n")
        status = int(head[9:12])
        folded = head.lower()
        if b"transfer-encoding: chunked" in folded:
            body = self._chunks(connected)
        else:
            body = self._exactly(connected, _content_length(folded))
        if b"connection: close" in folded:
            self.close()
        if status != expected:
            raise RuntimeError(f"{request[:60]!r} was answered {status}: {body[:300]!r}")
        return Answer(status, head, body)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket, self._rest = None, b""

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _more(self, connected: socket.socket) -> None:
        data = connected.recv(65536)
        if not data:
            self.close()
            raise ConnectionError("the server hung up")
        self._rest += data

    def _until(self, connected: socket.socket, mark: bytes) -> bytes:
        while mark not in self._rest:
            self._more(connected)
        found, _, self._rest = self._rest.partition(mark)
        return found

    def _exactly(self, connected: socket.socket, size: int) -> bytes:
        while len(self._rest) < size:
            self._more(connected)
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _chunks(self, connected: socket.socket) -> bytes:
        body = b""
        while size := int(self._until(connected, b"\r\n"), 16):
            body += self._exactly(connected, size)
            self._exactly(connected, 2)
        self._exactly(connected, 2)
        return body


def get(host: str, target: str, **headers: str) -> bytes:
    """A GET, as bytes."""
    return _request("GET", host, target, headers, b"")


def post_form(host: str, target: str, form: dict[str, str], **headers: str) -> bytes:
    """A POST of a form, as bytes."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return _request("POST", host, target, {**headers, **kind}, urlencode(form).encode())


def post_json(host: str, target: str, body: dict[str, str], **headers: str) -> bytes:
    """A POST of JSON, as bytes."""
    kind = {"Content-Type": "application/json"}
    return _request("POST", host, target, {**headers, **kind}, json.dumps(body).encode())


def basic(client_id: str, secret: str) -> str:
    """The Authorization header of a client; our ids and secrets need no form-encoding."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def _request(method: str, host: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{k}: {v}" for k, v in headers.items())]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def _content_length(folded_head: bytes) -> int:
    _, found, after = folded_head.partition(b"\r\ncontent-length:")
    return int(after.partition(b"\r\n")[0]) if found else 0
