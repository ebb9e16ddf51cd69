"""What every test may use: the cast, a data directory of its own, and no rate limits unless asked for.

alice owns things, bob is a member, charlie is an outsider (and must get 404), olivia is an operator.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "plum-tractor-velvet-94"


def pytest_configure() -> None:
    """Tests read no developer's .env, and never touch the developer's data."""
    assert os.environ.get("JANUA_ENV_FILE") == "", "run the tests with: make test"


@pytest.fixture(autouse=True)
def janua_options(settings: Any, tmp_path: Path) -> Callable[..., None]:
    """Each test has its own data directory; call the fixture to change an option of `settings.JANUA`."""

    def change(**options: Any) -> None:
        settings.JANUA = settings.JANUA.model_copy(update=options)

    change(janua_data_dir=tmp_path, rate_limits="off")
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # else whitenoise warns of each test client
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # hashed names need collectstatic
    return change


@pytest.fixture(autouse=True)
def _fresh_signing_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ring is cached per process, the keys live in each test's database."""
    from tokens.services import keys
    from tokens.tests.ready_keys import use_ready_keys

    use_ready_keys(monkeypatch)
    keys.forget_ring()


def _person(name: str, **more: Any) -> Any:
    from accounts.factories import UserFactory

    return UserFactory(email=f"{name}@example.com", given_name=name.title(), **more)


@pytest.fixture
def alice(db: None) -> Any:
    return _person("alice")


@pytest.fixture
def bob(db: None) -> Any:
    return _person("bob")


@pytest.fixture
def charlie(db: None) -> Any:
    return _person("charlie")


@pytest.fixture
def olivia(db: None) -> Any:
    from accounts.factories import UserFactory

    return UserFactory(email="olivia@janua.dev", given_name="Olivia", role="superadmin")


@pytest.fixture
def data_dir(janua_options: Any, tmp_path: Path) -> Path:
    """The test's own JANUA_DATA_DIR."""
    return tmp_path
