"""Signing keys made once per test run: each test has a database, and so keys, of its own."""

from functools import cache
from itertools import cycle
from typing import Any

import pytest

from tokens.services import keys

POOL_SIZE = 6  # more than any one test asks for: a database holds each key once


def use_ready_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out ready RSA keys instead of spending a tenth of a second on each."""
    ready, generate = cycle(_rsa_keys()), keys._generate

    def take(algorithm: str) -> Any:
        return next(ready) if algorithm == "RS256" else generate(algorithm)

    monkeypatch.setattr(keys, "_generate", take)


@cache
def _rsa_keys() -> tuple[Any, ...]:
    return tuple(keys._generate("RS256") for _ in range(POOL_SIZE))
