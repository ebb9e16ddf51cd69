"""Languages and time zones to choose from, by names that people know."""

from collections.abc import Iterable
from functools import cache
from zoneinfo import available_timezones

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

Choices = list[tuple[str, str]]
GroupedChoices = list[tuple[str, str | Choices]]
REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


def languages(present: str = "") -> Choices:
    """(BCP 47 tag, the language's own name), and what the person has besides: saving must not take it away."""
    return [("", _("As my browser asks")), *_with(_languages(), present)]


def time_zones(present: str = "") -> GroupedChoices:
    """The zones of the IANA database, by region."""
    zones: GroupedChoices = [("", _("UTC")), *_time_zones()]
    known = {zone for _region, of_region in _time_zones() for zone, _name in of_region}
    return [*zones, (present, present)] if present and present not in known else zones


@cache
def _languages() -> Choices:
    named = {to_locale(code).replace("_", "-"): info.get("name_local") for code, info in LANG_INFO.items()}
    return sorted(
        ((tag, name[:1].upper() + name[1:]) for tag, name in named.items() if name), key=lambda pair: pair[1]
    )


@cache
def _time_zones() -> list[tuple[str, Choices]]:
    def of(region: str) -> Iterable[tuple[str, str]]:
        for zone in sorted(available_timezones()):
            if zone.startswith(f"{region}/"):
                yield zone, zone.partition("/")[2].replace("_", " ").replace("/", ", ")

    return [(region, list(of(region))) for region in REGIONS]


def _with(choices: Choices, present: str) -> Choices:
    return [*choices, (present, present)] if present and present not in dict(choices) else choices
