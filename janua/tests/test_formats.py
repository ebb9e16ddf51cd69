"""A moment is written with the day as it is written alone, in every language."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.template.defaultfilters import date
from django.utils import translation

MOMENT = datetime(2026, 8, 6, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_moment_begins_with_the_day(language: str) -> None:
    with translation.override(language):
        day, moment = date(MOMENT, "DATE_FORMAT"), date(MOMENT, "DATETIME_FORMAT")
    assert moment.startswith(day)
    assert not moment.removeprefix(day)[0].isdigit(), "a space stands before the time"


@pytest.mark.parametrize(
    ("language", "day"), [("it", "6 ago 2026"), ("pt-br", "6 de ago de 2026"), ("ar", "6 أغسطس، 2026")]
)
def test_a_day_is_written_as_people_write_it(language: str, day: str) -> None:
    with translation.override(language):
        assert date(MOMENT, "DATE_FORMAT") == day
