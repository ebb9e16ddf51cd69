"""Free TCP ports on loopback, and waiting until something answers on them."""

import random
import socket
import time
from collections.abc import Callable

import requests

LOOPBACK = "127.0.0.1"
# Below Linux' ephemeral range (32768-60999): an outgoing connection can never take a port we handed
# out, nor connect to itself while we poll it. Chromium blocks no port in this range.
FIRST_PORT, LAST_PORT = 20_000, 29_999
ATTEMPTS = 200


class NotReadyError(RuntimeError):
    """Something that was started did not become ready in time, or died first."""


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that nobody listens on at this moment."""
    for _ in range(ATTEMPTS):
        port = random.randint(FIRST_PORT, LAST_PORT)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: a port in TIME_WAIT is free to listen on again.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise NotReadyError(f"no free port between {FIRST_PORT} and {LAST_PORT}")


def listens(port: int) -> bool:
    """Tell whether something accepts TCP connections on the loopback port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def answers(url: str) -> bool:
    """Tell whether a GET of the URL is answered with 200."""
    try:
        return requests.get(url, timeout=5, allow_redirects=False).status_code == 200
    except requests.RequestException:
        return False


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll the condition until it holds; raise NotReadyError naming `what` after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise NotReadyError(f"{what} was not ready after {seconds:g} s")
        time.sleep(0.05)


def wait_for(target: str | int, seconds: float = 30) -> None:
    """Wait until the URL answers 200, or the loopback port accepts connections."""
    if isinstance(target, int):
        wait_until(lambda: listens(target), seconds, f"port {target}")
    else:
        wait_until(lambda: answers(target), seconds, target)
