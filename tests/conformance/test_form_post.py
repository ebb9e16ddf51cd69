"""The modules of the basic plan once more; answers come by form_post."""

import pytest

from tests.conformance.modules import MODULES
from tests.conformance.plans import FORM_POST, PLANS
from tests.conformance.suite import Suite


@pytest.mark.parametrize("name", PLANS[FORM_POST])
def test_module(suite: Suite, name: str) -> None:
    MODULES[name](suite.answered_by("form_post"))
