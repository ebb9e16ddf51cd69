"""One product for all races. Its eight threads are as many as a race has runners."""

from collections.abc import Iterator

import pytest

from tests.support.stage import Stage, open_stage


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    """Without rate limits: who repeats a thing so often in earnest is stopped by them first."""
    with open_stage({"RATE_LIMITS": "off"}) as stage:
        yield stage
