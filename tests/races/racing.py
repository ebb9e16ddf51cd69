"""Sending the same request many times in the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import requests

RUNNERS = 8
ROUNDS = 25

Request = Callable[[], requests.Response]


def race(requests_to_send: Sequence[Request]) -> list[requests.Response]:
    """Send all of them at once, each from a thread of its own; the answers in the same order."""
    start = Barrier(len(requests_to_send))

    def run(send: Request) -> requests.Response:
        start.wait(timeout=10)
        return send()

    with ThreadPoolExecutor(len(requests_to_send)) as runners:
        return list(runners.map(run, requests_to_send))


def statuses(answers: Sequence[requests.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)
