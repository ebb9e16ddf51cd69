"""The one door for outbound HTTP (rule 16): every request to a URL that came from outside leaves through it.

https only, the host resolved once, only public addresses, the connection made to the very address that was
checked, no redirects, no proxies, no cookies, five seconds in all, a capped answer. `OUTBOUND_ALLOW` admits
networks of an intranet (or of a test), and plain http there.
"""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import httpcore
from django.conf import settings

from core.cutoff import Cutoff
from core.outbound_target import Address, Network, OutboundError, Resolver, Target, checked_addresses, parse

__all__ = ["Door", "OutboundError", "Request", "Response", "check", "fetch"]

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 5.0
MAX_BYTES = 512 * 1024
WAIT_SECONDS = 1.0
OUR_HEADERS = frozenset({"host", "connection", "accept-encoding", "content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. `content_types` are the media types that a successful answer may have.

    `seconds`: less than the usual time, for one of several requests that share it.
    """

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    max_bytes: int = MAX_BYTES
    content_types: Collection[str] | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, whatever its status: a redirect is one too. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    max_bytes: int = MAX_BYTES,
    content_types: Collection[str] | None = None,
    seconds: float | None = None,
) -> Response:
    """Make one request, see `Request`; raises `OutboundError`. Not inside a transaction: it may take 5 s."""
    request = Request(method, headers or {}, body, max_bytes, content_types, seconds)
    line, under_way = _places(settings.JANUA.web_threads)
    with _place(line, seconds=0), _place(under_way, seconds=WAIT_SECONDS):
        return _door().send(url, request)


def check(*urls: str) -> None:
    """Judge URLs when they are saved, without a request; raises `OutboundError`. `fetch` judges them anew.

    All of them within five seconds: whoever names fifty hosts must not have a thread wait for each.
    """
    deadline, door = time.monotonic() + TOTAL_SECONDS, _door()
    for url in urls:
        left = deadline - time.monotonic()
        if left <= 0:
            raise OutboundError("Looking up the hosts took too long.")
        door.examine(url, min(left, CONNECT_SECONDS))


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses the operating system knows, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Door:
    """The outside: which networks are admitted, who resolves names, which certificates count."""

    allowed: tuple[Network, ...] = ()
    resolve: Resolver = system_resolver
    tls: ssl.SSLContext | None = None

    def examine(self, url: str, seconds: float) -> tuple[Target, list[Address]]:
        """The URL's parts and its host's checked addresses; raises `OutboundError`."""
        target = parse(url)
        return target, checked_addresses(target, _patiently(self.resolve, seconds), self.allowed)

    def send(self, url: str, request: Request) -> Response:
        """Make the request; raises `OutboundError`."""
        seconds = TOTAL_SECONDS if request.seconds is None else min(request.seconds, TOTAL_SECONDS)
        deadline = time.monotonic() + seconds
        target, addresses = self.examine(url, min(CONNECT_SECONDS, seconds))
        network = _CheckedAddresses(addresses, deadline)
        try:
            answer = _exchange(target, request, network, self.tls or _public_certificates())
        except httpcore.TimeoutException as error:
            raise OutboundError("The server did not answer in time.", **_doubt(error)) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
            raise OutboundError(network.complaint or _complaint(error), **_doubt(error)) from error
        except OutboundError as error:
            error.may_have_arrived = True  # there was an answer, only none that we want
            raise
        finally:
            network.close()
        if network.complaint:  # an answer without a length looks whole when it was cut off
            raise OutboundError(network.complaint, may_have_arrived=True)
        return answer


class _CheckedAddresses(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever the name means by now (S220)."""

    def __init__(self, addresses: Iterable[Address], deadline: float) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._cutoff: Cutoff | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the addresses in turn; `host` is not looked at."""
        give_up = min(time.monotonic() + CONNECT_SECONDS, self._deadline)
        failure: Exception = httpcore.ConnectTimeout()
        for address in self._addresses:
            left = give_up - time.monotonic()
            if left <= 0:
                break
            try:
                stream = httpcore.SyncBackend().connect_tcp(str(address), port, left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                connection = stream.get_extra_info("socket")
                self._cutoff = Cutoff(connection, self._deadline - time.monotonic())
                return stream
        raise failure

    @property
    def complaint(self) -> str:
        """Why the connection was cut, if it was."""
        was_cut = self._cutoff is not None and self._cutoff.has_cut
        return f"The server took longer than {TOTAL_SECONDS:g} seconds." if was_cut else ""

    def close(self) -> None:
        if self._cutoff is not None:
            self._cutoff.cancel()


def _exchange(
    target: Target, request: Request, network: httpcore.NetworkBackend, tls: ssl.SSLContext
) -> Response:
    origin = httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port)
    url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target.path.encode())
    timeouts = {"connect": CONNECT_SECONDS, "read": TOTAL_SECONDS, "write": TOTAL_SECONDS}
    with (
        httpcore.HTTPConnection(origin, ssl_context=tls, network_backend=network) as connection,
        connection.stream(
            request.method,
            url,
            headers=_headers(target, request),
            content=request.body,
            extensions={"timeout": timeouts},
        ) as answer,
    ):
        headers = _readable(answer.headers)
        _require_wanted(answer.status, headers, request)
        return Response(answer.status, headers, _read(answer, request.max_bytes))


def _headers(target: Target, request: Request) -> list[tuple[str, str]]:
    theirs = [(name, value) for name, value in request.headers.items() if name.lower() not in OUR_HEADERS]
    ours = [("Host", target.authority), ("Connection", "close"), ("Accept-Encoding", "identity")]
    if request.body is not None:
        ours.append(("Content-Length", str(len(request.body))))
    if not any(name.lower() == "user-agent" for name, _ in theirs):
        ours.append(("User-Agent", "Janua"))
    return ours + theirs


def _readable(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case; a repeated header's values joined (RFC 9110 section 5.3)."""
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _require_wanted(status: int, headers: Mapping[str, str], request: Request) -> None:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise OutboundError("The server's answer is compressed, although that was not asked for.")
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.content_types is not None and 200 <= status < 300 and media_type not in request.content_types:
        raise OutboundError(f"The server's answer is not {' or '.join(sorted(request.content_types))}.")


def _read(answer: httpcore.Response, max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in answer.iter_stream():
        body += chunk
        if len(body) > max_bytes:
            raise OutboundError(f"The server's answer is longer than {max_bytes} bytes.")
    return bytes(body)


def _doubt(error: Exception) -> dict[str, bool]:
    """Before the connection stood, TLS included, nothing was asked; from then on who knows."""
    return {"may_have_arrived": not isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout)}


def _complaint(error: Exception) -> str:
    """A sentence for people; the certificate's fault by name, since that is what its owner must mend."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return f"The server's certificate is not valid: {seen.verify_message}."
        seen = seen.__cause__ or seen.__context__
    is_network = isinstance(error, httpcore.NetworkError | OSError)
    return "The server could not be reached." if is_network else "The server's answer is not valid HTTP."


def _patiently(resolve: Resolver, seconds: float) -> Resolver:
    """The resolver, given up on after so many seconds: the system's own has no time limit to set."""

    def ask(host: str, port: int) -> list[str]:
        answer: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

        def work() -> None:
            try:
                answer.put(resolve(host, port))
            except (OSError, ValueError):  # unknown name; a label no name can have
                answer.put([])

        threading.Thread(target=work, name="janua-resolver", daemon=True).start()
        try:
            return answer.get(timeout=seconds)
        except queue.Empty:
            return []

    return ask


@cache
def _places(threads: int) -> tuple[threading.Semaphore, threading.Semaphore]:
    """In line, and under way: half of this process' threads may ask others at once, few more may wait for them.

    However slow other servers are, and however many requests have us ask them, some threads go on serving.
    """
    return threading.Semaphore(max(1, threads * 3 // 4)), threading.Semaphore(max(1, threads // 2))


@contextmanager
def _place(places: threading.Semaphore, *, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise OutboundError("Too many requests to other servers are under way. Try again in a moment.")
    try:
        yield
    finally:
        places.release()


def _door() -> Door:
    return Door(allowed=settings.JANUA.outbound_allow)


@cache
def _public_certificates() -> ssl.SSLContext:
    """The system's certificate authorities; SSL_CERT_FILE may name others."""
    return ssl.create_default_context()
