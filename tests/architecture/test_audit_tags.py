"""Every event of the trail has a tag of its own, and every person's datum in it can be erased."""

import importlib
from dataclasses import fields
from pathlib import Path

from django.conf import settings

from audit.events import AuditEvent

NAMES_OF_PERSONS = {"email", "ip", "user_agent", "phone_number", "given_name", "family_name"}


def all_events() -> list[type[AuditEvent]]:
    for path in Path(settings.BASE_DIR).glob("*/events.py"):
        importlib.import_module(f"{path.parent.name}.events")
    found, waiting = [], [AuditEvent]
    while waiting:
        subclasses = [cls for cls in waiting.pop().__subclasses__() if ".tests." not in cls.__module__]
        found += subclasses
        waiting += subclasses
    # dataclass(slots=True) makes each class anew and leaves the first one behind.
    return list({(cls.__module__, cls.__qualname__): cls for cls in found}.values())


def test_every_tag_is_unique() -> None:
    tags = [cls.tag for cls in all_events()]
    assert len(tags) > 30
    assert sorted(tags) == sorted(set(tags))


def test_every_tag_is_subject_and_action() -> None:
    assert all(cls.tag.count(".") == 1 and cls.tag == cls.tag.lower() for cls in all_events())


def test_personal_data_are_marked_as_such() -> None:
    unmarked = [
        f"{cls.__name__}.{field.name}"
        for cls in all_events()
        for field in fields(cls)
        if field.name in NAMES_OF_PERSONS and not field.metadata.get("personal")
    ]
    assert not unmarked
