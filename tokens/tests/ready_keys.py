"""RSA keys made once per test run: each test has a database, and so keys, of its own."""

from itertools import count
from typing import Any

import pytest

from tokens.services import key_pairs

_made: list[Any] = []


def use_ready_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out ready RSA keys, each once a test, instead of spending a tenth of a second on each."""
    taken, generate = count(), key_pairs.generate

    def take(algorithm: str) -> Any:
        if algorithm == "ES256":
            return generate(algorithm)
        index = next(taken)
        while len(_made) <= index:  # threads may ask at the same moment
            _made.append(generate(algorithm))
        return _made[index]

    monkeypatch.setattr(key_pairs, "generate", take)
