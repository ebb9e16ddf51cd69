"""The README's table of conformance says what is here, no more and no less."""

import re
from pathlib import Path

from tests.conformance.modules import MODULES
from tests.conformance.plans import PLANS

README = Path(__file__).parents[2] / "README.md"


def test_every_official_module_is_here_and_says_what_it_asserts() -> None:
    assert set(MODULES) == {name for names in PLANS.values() for name in names}
    assert all(function.__doc__ for function in MODULES.values())


def test_the_readme_counts_what_runs() -> None:
    text = README.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(oidcc-[a-z-]+-plan)` \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    told = {plan: (int(official), int(passing)) for plan, official, passing in rows}
    assert told == {plan: (len(names), len(names)) for plan, names in PLANS.items()}
    total = sum(len(names) for names in PLANS.values())
    assert f"{total} of {total}" in text
