"""The plan of OpenID Connect RP-Initiated Logout 1.0."""

import pytest

from tests.conformance.modules import MODULES
from tests.conformance.plans import LOGOUT, PLANS
from tests.conformance.suite import Suite


@pytest.mark.parametrize("name", PLANS[LOGOUT])
def test_module(suite: Suite, name: str) -> None:
    MODULES[name](suite)
