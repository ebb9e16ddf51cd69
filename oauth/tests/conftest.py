import pytest

from tokens.tests.ready_keys import use_ready_keys


@pytest.fixture(autouse=True)
def _ready_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    use_ready_keys(monkeypatch)
