"""The plan of what a provider says of itself."""

import pytest

from tests.conformance.modules import MODULES
from tests.conformance.plans import CONFIG, PLANS
from tests.conformance.suite import Suite


@pytest.mark.parametrize("name", PLANS[CONFIG])
def test_module(suite: Suite, name: str) -> None:
    MODULES[name](suite)
