"""What django-allauth takes for a session of `requests`: every request leaves by `core.outbound`."""

import json
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from core import outbound
from core.outbound import OutboundError
from sso.errors import ProviderUnavailable

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer, as `requests` would show it."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def ok(self) -> bool:
        return self.status_code < 400

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.content)

    def raise_for_status(self) -> None:
        if not self.ok:
            raise ProviderUnavailable(
                f"The provider answered with {self.status_code}.", reason="provider_failed"
            )


class Session:
    """All requests of one login, within the time of one: a provider that hangs holds nobody up twice."""

    def __init__(self) -> None:
        self._deadline = time.monotonic() + outbound.TOTAL_SECONDS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Connections are not kept."""

    def get(self, url: str, **options: Any) -> Answer:
        return self.request("GET", url, **options)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Any = None,
    ) -> Answer:
        """One request; raises `ProviderUnavailable`."""
        sent = {"Accept": "application/json", **(headers or {})}
        if params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
        if auth is not None:
            pair = b64encode(f"{auth.username}:{auth.password}".encode()).decode()
            sent["Authorization"] = f"Basic {pair}"
        body = None
        if data is not None:
            body, sent["Content-Type"] = urlencode(data).encode(), FORM
        left = self._deadline - time.monotonic()
        try:
            if left <= 0:
                raise OutboundError("The provider took too long.")
            answer = outbound.fetch(url, method=method, headers=sent, body=body, seconds=left)
        except OutboundError as error:
            raise ProviderUnavailable(error.reason, reason="provider_unavailable") from error
        headers_of_answer = {"content-type": "", **answer.headers}
        return Answer(answer.status, headers_of_answer, answer.body)
