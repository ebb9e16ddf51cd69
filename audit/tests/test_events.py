"""How the apps describe their events."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from audit.events import AuditEvent, known_tags
from audit.tests.trail import TeaBrewed


def test_own_fields_are_data_and_marked_ones_are_personal() -> None:
    event = TeaBrewed(cups=2, email="alice@example.com", target_id="7")
    assert event.data() == {"cups": 2, "note": ""}
    assert event.personal() == {"email": "alice@example.com"}


@pytest.mark.parametrize("tag", ["tea", "Tea.brewed", "tea brewed", "tea.", "tea.brewed\n", "a." + "b" * 63])
def test_a_tag_is_subject_dot_action(tag: str) -> None:
    with pytest.raises(TypeError, match=r"subject\.action"):
        type("Bad", (AuditEvent,), {"tag": tag})


def test_a_child_of_an_event_keeps_its_fields() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class GreenTeaBrewed(TeaBrewed):
        tag: ClassVar[str] = "tea.green_brewed"
        degrees: int

    assert GreenTeaBrewed(degrees=70).data() == {"cups": 1, "note": "", "degrees": 70}
    assert {"tea.brewed", "tea.green_brewed", "audit.personal_data_erased"} <= set(known_tags())
