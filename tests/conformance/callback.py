"""A client's own web server: the redirect URIs lie on it, and it keeps what it is sent there."""

from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.support.ports import LOOPBACK, free_port


@dataclass(frozen=True, slots=True)
class Received:
    """One request of a browser."""

    method: str
    path: str
    query: str
    content_type: str
    body: str

    def parameters(self) -> dict[str, str]:
        """Of the form or the query, each of which must be there once."""
        carried = parse_qs(self.body or self.query, keep_blank_values=True, strict_parsing=True)
        assert all(len(values) == 1 for values in carried.values()), carried
        return {name: values[0] for name, values in carried.items()}


class Callback:
    """The server. Answers everything alike; `take` hands out what came since."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._server = ThreadingHTTPServer((LOOPBACK, free_port()), _handler(self.received))
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def origin(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def take(self) -> list[Received]:
        """Everything received since the last call."""
        taken = list(self.received)
        self.received.clear()
        return taken

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(received: list[Received]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._keep("")

        def do_POST(self) -> None:
            self._keep(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())

        def _keep(self, body: str) -> None:
            parts = urlsplit(self.path)
            content_type = self.headers.get("Content-Type", "")
            received.append(Received(self.command, parts.path, parts.query, content_type, body))
            page = b"<!doctype html><title>Client</title><p>Back at the client."
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_arguments: Any) -> None:
            """Keeps the test's output clean."""

    return Handler
