"""What our own small providers share: an HTTP server in a thread, forms and JSON, and authorization codes.

By itself `/authorize` answers at once, as for a person who said yes before; `asks` makes it a page with two buttons.
"""

import json
import secrets
import threading
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from tests.support.ports import LOOPBACK, free_port

CLIENT_ID, CLIENT_SECRET = "janua-at-home", "a-secret-between-the-two"
PAGE = """<!doctype html><html lang="en"><head><title>{name}</title></head><body><h1>{name}</h1>
<form method="post"><button name="answer" value="yes">Authorize</button>
<button name="answer" value="no">Cancel</button></form></body></html>"""


class Handler(BaseHTTPRequestHandler):
    provider: "AnsweringProvider"

    def do_GET(self) -> None:
        self._answer("GET", {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._answer("POST", dict(parse_qsl(body)))

    def _answer(self, method: str, form: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        self.provider.asked.append(f"{method} {parts.path}")
        query = dict(parse_qsl(parts.query))
        status, headers, body = self.provider.answer(method, parts.path, query, form, dict(self.headers))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


Answer = tuple[int, dict[str, str], bytes]


def as_json(body: Any, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


def found(url: str) -> Answer:
    return 302, {"Location": url}, b""


class AnsweringProvider:
    """Subclasses say where their endpoints are and what a token brings."""

    name = "Provider"
    AUTHORIZE = "/authorize"
    TOKEN = "/token"

    def __init__(self, port: int = 0, *, asks: bool = False) -> None:
        self.port = port or free_port()
        self.base_url = f"http://{LOOPBACK}:{self.port}"
        self.asks = asks
        self.asked: list[str] = []
        self.hangs = threading.Event()
        self.is_hanging = False
        self.grants: dict[str, dict[str, str]] = {}
        handler = type("BoundHandler", (Handler,), {"provider": self})
        self._server = ThreadingHTTPServer((LOOPBACK, self.port), handler)
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hangs.set()
        self._server.shutdown()
        self._server.server_close()

    def serve_forever(self) -> None:
        self._server.serve_forever()

    def answer(
        self, method: str, path: str, query: dict[str, str], form: dict[str, str], headers: dict[str, str]
    ) -> Answer:
        if self.is_hanging and path != self.AUTHORIZE:
            self.hangs.wait(30)
        if path == self.AUTHORIZE:
            return self._authorize(method, query, form)
        if path == self.TOKEN:
            return self._token({**query, **form}, headers)
        return self.more(path, query, headers)

    def _authorize(self, method: str, asked: dict[str, str], form: dict[str, str]) -> Answer:
        if method == "GET" and self.asks:
            return 200, {"Content-Type": "text/html"}, PAGE.format(name=self.name).encode()
        separator = "&" if "?" in asked["redirect_uri"] else "?"
        back = {"state": asked["state"]}
        if form.get("answer") == "no":
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(24)
            self.grants[back["code"]] = asked
        return found(f"{asked['redirect_uri']}{separator}{urlencode(back)}")

    def _token(self, form: dict[str, str], headers: dict[str, str]) -> Answer:
        """One use of a code, by the client it was given to, with the verifier of its challenge."""
        asked = self.grants.pop(form.get("code", ""), None)
        if asked is None or not _is_client(form, headers) or form["redirect_uri"] != asked["redirect_uri"]:
            return as_json({"error": "invalid_grant"}, 400)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        if asked.get("code_challenge") not in (None, urlsafe_b64encode(digest).rstrip(b"=").decode()):
            return as_json({"error": "invalid_grant"}, 400)
        return as_json(self.token_answer(asked))

    def token_answer(self, asked: dict[str, str]) -> dict[str, Any]:
        return {"access_token": "upstream-access", "token_type": "bearer"}

    def more(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        return as_json({"message": "Not Found"}, 404)


def _is_client(form: dict[str, str], headers: dict[str, str]) -> bool:
    given = (form.get("client_id"), form.get("client_secret"))
    if basic := headers.get("Authorization", ""):
        name, _, secret = b64decode(basic.removeprefix("Basic ")).decode().partition(":")
        given = (unquote(name), unquote(secret))
    return given == (CLIENT_ID, CLIENT_SECRET)
