"""One world for all faults of a run: that it serves the next test after the last fault is part of the proof."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.faults.world import World


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the JWKS may be kept, and how often (both in seconds) and how many times keys rotate."""

    max_age: int
    every: int
    rotations: int


PACE = Pace(*map(int, os.environ.get("JANUA_TEST_ROTATION", "5,11,4").split(",")))


@pytest.fixture(scope="session")
def the_world() -> Iterator[World]:
    with ExitStack() as stack:
        world = World(jwks_max_age=PACE.max_age)
        world.open(stack)
        yield world


@pytest.fixture
def world(the_world: World) -> World:
    assert the_world.status("/readyz") == 200, the_world.server.log_text()[-3000:]
    the_world.mail.clear()
    return the_world


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print figures past pytest's capture: they are what a reader wants from a run that passed."""

    def show(text: str) -> None:
        with capsys.disabled():
            print(f"\n{request.node.name}: {text}")

    return show
