"""The plan of OpenID providers that offer the code flow; answers come by query."""

import pytest

from tests.conformance.modules import MODULES
from tests.conformance.plans import BASIC, PLANS
from tests.conformance.suite import Suite


@pytest.mark.parametrize("name", PLANS[BASIC])
def test_module(suite: Suite, name: str) -> None:
    MODULES[name](suite)
