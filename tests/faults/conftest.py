"""One world for all faults of a run: that it serves the next test after the last fault is part of the proof."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.faults.world import World


@pytest.fixture(scope="session")
def the_world() -> Iterator[World]:
    with ExitStack() as stack:
        world = World()
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
