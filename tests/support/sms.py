"""A server of one's own that carries SMS: what SMS_GATEWAY=webhook posts to. It checks each signature, and keeps all."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

from tests.support.ports import LOOPBACK

KEY = b"sms-sink-key-of-the-tests-only-32"
CODE = re.compile(r"\d(?:, \d){5}|\d{6}")


class SmsSink:
    """Listens on loopback; `messages` holds what it was told, in order."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                is_signed = self.headers["webhook-signature"] == _signature(self.headers, body)
                if is_signed:
                    sink.messages.append(json.loads(body))
                self.send_response(204 if is_signed else 401)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)

    @property
    def environment(self) -> Mapping[str, str]:
        """The options of a server that sends here."""
        return {
            "SMS_GATEWAY": "webhook",
            "SMS_WEBHOOK_URL": f"http://{LOOPBACK}:{self._server.server_port}/sms",
            "SMS_WEBHOOK_SECRET": f"whsec_{base64.b64encode(KEY).decode()}",
            "OUTBOUND_ALLOW": "127.0.0.0/8",
        }

    def wait_for_code(self, to: str, *, after: int = 0, channel: str = "") -> str:
        """The code of the newest message to the number beyond the first `after`; a call's digits are put together."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for told in reversed(self.messages[after:]):
                if told["to"] == to and told.get("channel", "") == channel:
                    found = CODE.search(told["text"])
                    assert found, told
                    return found.group().replace(", ", "")
            time.sleep(0.05)
        raise AssertionError(f"no message to {to}; came: {self.messages}")

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _signature(headers: Any, body: bytes) -> str:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()}"
